// Puts the parts together. Everything about Dockerfiles is known by the server; what is here starts it and shows what
// it says.
import * as vscode from 'vscode';
import { Answers } from './answers';
import { registerCommands } from './commands';
import { dockerfileInSight, Graphs } from './graphs';
import { Marks } from './marks';
import { Server } from './server';
import { StageGraphView } from './stageGraphView';
import { Status } from './status';
import { Tasks } from './tasks';

let server: Server | undefined;

export function activate(extension: vscode.ExtensionContext): void {
  let view: StageGraphView | undefined;
  server = new Server(extension, {
    // A click on the lens above a stage shows that stage, rather than a message.
    executeCommand: async (command, args, next) => {
      const argument = args[0] as { uri: string; stage: number } | undefined;
      if (command !== 'keyline.showInvalidation' || !argument || !server) return next(command, args) as unknown;
      const document = dockerfileInSight(server.toUri(argument.uri));
      return document && view?.show(document, argument.stage);
    },
  });
  const graphs = new Graphs(server);
  const answers = new Answers();
  const tasks = new Tasks(extension, server, graphs);
  view = new StageGraphView(extension, graphs, server);
  extension.subscriptions.push(server, graphs, answers, tasks, view, new Marks(extension, graphs), new Status(server, graphs));
  extension.subscriptions.push(registerCommands({ server, graphs, answers, view, tasks }));
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
