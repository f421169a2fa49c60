import { setTimeout as sleep } from 'node:timers/promises';
import { acquireShard } from '../../src/wallet/ownership.ts';
import { silent } from './fixture.ts';

/** Owns the shard of the database in its first argument, says `owner`, and `lost` when it is not its own any more. */
const [databaseUrl = ''] = process.argv.slice(2);
const ownership = await acquireShard({ databaseUrl, shard: 0, log: silent });
process.stdout.write('owner\n');
while (await ownership.stillOwner()) await sleep(50);
process.stdout.write('lost\n');
