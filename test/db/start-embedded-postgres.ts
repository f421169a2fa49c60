import { startEmbeddedPostgres } from '../../db/embedded-postgres.ts';

/** A process of its own that starts the server below its first argument and says which one it got. */
const root = process.argv[2];
if (root === undefined) throw new Error('a directory is needed');
const postgres = await startEmbeddedPostgres({ root, settings: { shared_buffers: '16MB' } });
const { pid, adopted } = postgres;
process.stdout.write(JSON.stringify({ pid, adopted, url: postgres.url('postgres'), uid: process.getuid?.() }));
