// Which keyline is started: the setting `keyline.path`, the one that came with the extension, the first on the PATH.
// A workspace that is not trusted has no say in it, and nothing is looked up in the current directory.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const fileName = process.platform === 'win32' ? 'keyline.exe' : 'keyline';

export interface Program {
  path: string;
  origin: 'setting' | 'bundled' | 'PATH';
}

export interface Missing {
  reason: string;
  bySetting: boolean;
}

function isProgram(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// What the user, or a trusted workspace, has set.
function configuredPath(): string {
  const setting = vscode.workspace.getConfiguration('keyline').inspect<string>('path');
  const ofWorkspace = vscode.workspace.isTrusted ? (setting?.workspaceFolderValue ?? setting?.workspaceValue) : undefined;
  return (ofWorkspace ?? setting?.globalValue ?? '').trim();
}

function absolute(configured: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const expanded = configured.replace(/^~(?=$|[\\/])/, homedir()).replaceAll('${workspaceFolder}', folder ?? '.');
  return path.isAbsolute(expanded) ? expanded : path.resolve(folder ?? homedir(), expanded);
}

export function findProgram(extension: vscode.ExtensionContext): Program | Missing {
  const configured = configuredPath();
  if (configured !== '') {
    const file = absolute(configured);
    if (isProgram(file)) return { path: file, origin: 'setting' };
    return { reason: `The setting keyline.path names ${file}, which is not a program.`, bySetting: true };
  }
  const bundled = extension.asAbsolutePath(path.join('server', fileName));
  if (isProgram(bundled)) return { path: bundled, origin: 'bundled' };
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, fileName);
    if (isProgram(file)) return { path: file, origin: 'PATH' };
  }
  return {
    reason: `The program ${fileName} is not on this machine: this package of the extension brings none, and no folder of the PATH has it.`,
    bySetting: false,
  };
}

export async function tellMissing(missing: Missing, tryAgain: () => void): Promise<void> {
  const [settings, install, again] = ['Open Settings', 'How to Install', 'Try Again'];
  const choice = await vscode.window.showErrorMessage(missing.reason, settings, install, again);
  // In a remote window the setting is that machine's: the page of the user's own has none of this name.
  const page = vscode.env.remoteName ? 'openRemoteSettings' : 'openSettings';
  if (choice === settings) await vscode.commands.executeCommand(`workbench.action.${page}`, { query: 'keyline.path' });
  if (choice === install) await vscode.env.openExternal(vscode.Uri.parse('https://github.com/keyline-lsp/keyline#install'));
  if (choice === again) tryAgain();
}
