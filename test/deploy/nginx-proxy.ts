import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

const CONFIGURATION = join(import.meta.dirname, '../../deploy/nginx.conf');
/** Debian has it where only root looks. */
const PATH = `${process.env.PATH}:/usr/sbin`;

export interface Nginx {
  readonly port: number;
  readonly plainPort: number;
  /** PEM of the certificate that it shows. */
  readonly certificate: string;
  /** The log of requests so far. */
  logged(): string;
  stop(): Promise<void>;
}

/** Why it cannot be run here; undefined where it can. */
export function missing(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux gives this machine more than one address of its own';
  const names = ['nginx', 'openssl'].filter((name) => run(name, [name === 'nginx' ? '-v' : 'version']).status !== 0);
  return names.length === 0 ? undefined : `${names.join(' and ')} not installed`;
}

/**
 * nginx with deploy/nginx.conf as it is, but for ports, certificate and files, in front of `upstream`. Whoever comes
 * from `insider` is let in where the file says that one can let somebody in.
 */
export async function startNginx(upstream: number, insider: string): Promise<Nginx> {
  const directory = temporaryDirectory();
  const [port, plainPort] = [await freePort(), await freePort()];
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[...subject, '-keyout', key, '-out', certificate],
  ]);
  assert.equal(made.status, 0, made.stderr);
  const site = readFileSync(CONFIGURATION, 'utf8')
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replaceAll(/listen (80|443)\b/g, (_, of) => `listen 127.0.0.1:${of === '80' ? plainPort : port}`)
    .replaceAll('127.0.0.1:2567', `127.0.0.1:${upstream}`)
    .replaceAll('/etc/ssl/croupier/fullchain.pem', certificate)
    .replaceAll('/etc/ssl/croupier/privkey.pem', key)
    .replaceAll('/var/log/nginx/', `${directory}/`)
    .replaceAll('deny all;', `allow ${insider}; deny all;`);
  writeFileSync(join(directory, 'site.conf'), site);
  writeFileSync(join(directory, 'nginx.conf'), mainFile(directory));
  const checked = run('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf'), '-t']);
  assert.equal(checked.status, 0, checked.stderr);
  assert.doesNotMatch(checked.stderr, /\[(warn|error|emerg)\]/);
  const nginx = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    ...{ env: { ...process.env, PATH }, stdio: 'ignore' },
  });
  await listening(port, nginx);
  return {
    ...{ port, plainPort, certificate: readFileSync(certificate, 'utf8') },
    logged: () => readFileSync(join(directory, 'croupier.log'), 'utf8'),
    async stop() {
      const gone = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await gone;
      removeDirectory(directory);
    },
  };
}

/** One process under whoever runs the tests, with all its files in one place. */
function mainFile(directory: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${directory}/${of};`);
  return `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 256; }
http { ${paths.join(' ')} include ${directory}/site.conf; }
`;
}

function run(name: string, args: readonly string[]) {
  return spawnSync(name, args, { env: { ...process.env, PATH }, encoding: 'utf8' });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : assert.fail('no port');
}

async function listening(port: number, nginx: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    assert.equal(nginx.exitCode, null, 'nginx has ended');
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('nginx does not listen');
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request over TLS, from an address of this machine's own. */
export function ask(
  proxy: Nginx,
  path: string,
  more: {
    readonly method?: string;
    readonly from?: string;
    readonly body?: string;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const { method = 'GET', from = '127.0.0.1', body, headers = {} } = more;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        ...{ host: '127.0.0.1', port: proxy.port, path, method, localAddress: from, ca: proxy.certificate },
        headers: { ...headers, ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    request.on('error', reject).end(body);
  });
}
