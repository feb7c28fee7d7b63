// The server's life: started when the first document it can speak about is open, started again when its program is
// another one, and asked what nothing but it can know.
import * as vscode from 'vscode';
import {
  CodeLensRequest,
  DidChangeConfigurationNotification,
  DocumentDiagnosticRequest,
  ExecuteCommandRequest,
  InlayHintRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type ConfigurationMiddleware,
  type DocumentSelector,
  type Middleware,
} from 'vscode-languageclient/node';
import { findProgram, tellMissing, type Program } from './program';
import type { StageGraph } from './graph';

const selector = [
  { language: 'dockerfile', scheme: 'file' },
  { language: 'dockerfile', scheme: 'untitled' },
  { language: 'ignore', scheme: 'file', pattern: '**/*.dockerignore' },
  // Whatever language they are given: VS Code's own, that of another extension, or YAML and HCL.
  { scheme: 'file', pattern: '**/{compose,compose.*,docker-compose*}.{yml,yaml}' },
  { scheme: 'file', pattern: '**/docker-bake*.{hcl,json}' },
] satisfies DocumentSelector;

// Until the workspace is trusted no program is started on it, and git is one.
const configurationByTrust: ConfigurationMiddleware['configuration'] = async (params, token, next) => {
  const values = await next(params, token);
  if (vscode.workspace.isTrusted || !Array.isArray(values)) return values;
  return values.map((value: object | null, i) =>
    params.items[i]?.section === 'keyline' ? { ...value, historyCommits: 0 } : value,
  );
};

export type ServerState = 'not started' | 'starting' | 'running' | 'stopped' | 'missing';

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('keyline', { log: true });
  readonly onDidChangeState: vscode.Event<ServerState>;
  // What is known of open documents may be another than before.
  readonly onDidLearn: vscode.Event<void>;
  state: ServerState = 'not started';
  program: Program | undefined;

  private readonly stateEmitter = new vscode.EventEmitter<ServerState>();
  private readonly newsEmitter = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.log, this.stateEmitter, this.newsEmitter];
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly middleware: Middleware,
  ) {
    this.onDidChangeState = this.stateEmitter.event;
    this.onDidLearn = this.newsEmitter.event;
    this.disposables.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.startFor(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.restartIfOther();
        void this.client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('keyline.path')) this.restartIfOther();
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.startFor(document);
  }

  get version(): string | undefined {
    return this.client?.initializeResult?.serverInfo?.version;
  }

  restart(): Promise<void> {
    return this.inTurn(async () => {
      await this.halt();
      await this.start();
    });
  }

  // The server's answer; undefined when it does not run or has none.
  async ask<Answer>(command: string, argument: object): Promise<Answer | undefined> {
    await this.turn;
    if (this.client?.state !== State.Running) return undefined;
    try {
      const answer: unknown = await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] });
      return (answer ?? undefined) as Answer | undefined;
    } catch (error) {
      // A text that changed meanwhile is asked about again by whoever hears of the change.
      this.log.debug(`${command}: ${String(error)}`);
      return undefined;
    }
  }

  uriOf(document: vscode.TextDocument): string {
    return this.client?.code2ProtocolConverter.asUri(document.uri) ?? document.uri.toString();
  }

  toUri(text: string): vscode.Uri {
    return this.client?.protocol2CodeConverter.asUri(text) ?? vscode.Uri.parse(text);
  }

  graphOf(document: vscode.TextDocument): Promise<StageGraph | undefined> {
    return this.ask<StageGraph>('keyline.stageGraph', { uri: this.uriOf(document) });
  }

  async stop(): Promise<void> {
    await this.inTurn(() => this.halt());
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private startFor(document: vscode.TextDocument): void {
    if (this.state !== 'not started' || vscode.languages.match(selector, document) === 0) return;
    this.enter('starting');
    void this.inTurn(() => this.start());
  }

  private restartIfOther(): void {
    if (this.state === 'not started') return;
    const found = findProgram(this.extension);
    if (!('path' in found) || found.path !== this.program?.path) void this.restart();
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(action).catch((error: unknown) => this.log.error(String(error)));
    return this.turn;
  }

  private async start(): Promise<void> {
    const found = findProgram(this.extension);
    if (!('path' in found)) {
      this.program = undefined;
      this.log.warn(found.reason);
      this.enter('missing');
      void tellMissing(found, () => void this.restart());
      return;
    }
    this.program = found;
    this.log.info(`starting ${found.path} (${found.origin})`);
    this.enter('starting');
    const client = new LanguageClient('keyline', 'keyline', { command: found.path, args: ['lsp', '--stdio'] }, {
      documentSelector: selector,
      outputChannel: this.log,
      middleware: { ...this.middleware, workspace: { configuration: configurationByTrust } },
      // A question that fails, as those to a server on its way out do, is for the log; that it does not run is told anyway.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    });
    client.onDidChangeState((change) => {
      if (client !== this.client) return;
      if (change.newState === State.Starting) this.enter('starting');
      if (change.newState === State.Stopped) this.enter('stopped');
      if (change.newState === State.Running) this.enter('running');
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(String(error));
      this.enter('stopped');
      return;
    }
    this.listenFor(client);
    this.newsEmitter.fire();
  }

  // The server tells that answers may have changed by asking for them to be fetched again.
  private listenFor(client: LanguageClient): void {
    const heard = new Set<vscode.EventEmitter<void>>();
    const listen = (emitter: vscode.EventEmitter<void> | undefined) => {
      if (!emitter || heard.has(emitter)) return;
      heard.add(emitter);
      emitter.event(() => this.newsEmitter.fire());
    };
    for (const document of vscode.workspace.textDocuments) {
      listen(client.getFeature(InlayHintRequest.method).getProvider(document)?.onDidChangeInlayHints);
      listen(client.getFeature(CodeLensRequest.method).getProvider(document)?.onDidChangeCodeLensEmitter);
      listen(client.getFeature(DocumentDiagnosticRequest.method)?.getProvider(document)?.onDidChangeDiagnosticsEmitter);
    }
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client && client.state !== State.Stopped) await client.dispose();
    if (client) this.enter('stopped');
  }

  private enter(state: ServerState): void {
    this.state = state;
    this.stateEmitter.fire(state);
  }
}
