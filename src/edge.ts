import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as ColyseusServer, matchMaker } from '@colyseus/core';
import express, { type Router } from 'express';
import { sql } from 'slonik';
import { z } from 'zod';
import { ACCOUNT, accountRoom } from '../rooms/account-room.ts';
import { AndarBaharRoom, andarBaharRoom } from '../rooms/andar-bahar-room.ts';
import { Attendance } from '../rooms/attendance.ts';
import { BACKOFFICE, backofficeRoom } from '../rooms/backoffice-room.ts';
import { LOTTERY_PHASE, lotteryRoom } from '../rooms/lottery-room.ts';
import { TRADING_DESK, tradingRoom } from '../rooms/trading-room.ts';
import { isBotName } from './demo/people.ts';
import { adminAdjustmentRoutes } from './http/admin-adjustment-routes.ts';
import { adminAuditRoutes } from './http/admin-audit-routes.ts';
import { adminBonusRoutes } from './http/admin-bonus-routes.ts';
import { adminCampaignRoutes } from './http/admin-campaign-routes.ts';
import { adminDeskRoutes } from './http/admin-desk-routes.ts';
import { adminGameRoutes } from './http/admin-game-routes.ts';
import { adminLotteryRoutes } from './http/admin-lottery-routes.ts';
import { adminPartnerRoutes } from './http/admin-partner-routes.ts';
import { adminSlipRoutes } from './http/admin-slip-routes.ts';
import { adminStatementRoutes } from './http/admin-statement-routes.ts';
import { adminTransactionRoutes } from './http/admin-transaction-routes.ts';
import { adminUserRoutes } from './http/admin-user-routes.ts';
import { mountHttp } from './http/app.ts';
import { authRoutes } from './http/auth-routes.ts';
import { bonusRoutes } from './http/bonus-routes.ts';
import { guardServer } from './http/gate.ts';
import { healthRouter } from './http/health-routes.ts';
import { lotteryRiskRoutes } from './http/lottery-risk-routes.ts';
import { lotteryRoutes } from './http/lottery-routes.ts';
import { marketRoutes } from './http/market-routes.ts';
import { masterRoutes } from './http/master-routes.ts';
import { matchmakingRouter } from './http/matchmaking.ts';
import { metricsRouter } from './http/metrics-route.ts';
import { monitorRouter } from './http/monitor.ts';
import { openApiRouter } from './http/openapi/openapi-router.ts';
import { verifyUpgrade } from './http/origin.ts';
import { partnerKeyRoutes } from './http/partner-key-routes.ts';
import { partnerPostbackRoutes } from './http/partner-postback-routes.ts';
import { partnerRoutes } from './http/partner-routes.ts';
import { paymentWebhooks } from './http/payment-webhooks.ts';
import { protectionRoutes } from './http/protection-routes.ts';
import { recallRoutes } from './http/recall-routes.ts';
import { reconciliationRoutes } from './http/reconciliation-routes.ts';
import { riskRoutes } from './http/risk-routes.ts';
import { roundRoutes } from './http/round-routes.ts';
import { statementRoutes } from './http/statement-routes.ts';
import { statisticsRoutes } from './http/statistics-routes.ts';
import { tableRoutes } from './http/table-routes.ts';
import { tableVoidsRoutes } from './http/table-voids-routes.ts';
import { tradingRoutes } from './http/trading-routes.ts';
import { transactionRoutes } from './http/transaction-routes.ts';
import { vipRoutes } from './http/vip-routes.ts';
import { voidRoutes } from './http/void-routes.ts';
import { walletRoutes } from './http/wallet-routes.ts';
import { SturdyTransport } from './http/websocket.ts';
import type { Logger } from './log.ts';
import type { PhaseRooms } from './lottery/lottery.ts';
import type { Rooms, Tables } from './rounds/tables.ts';
import type { Services } from './services.ts';

export interface EdgeOptions extends Services {
  readonly tables: Tables;
  readonly pages: readonly Router[];
}

/** Everything people can reach, on one port. */
export interface Edge {
  readonly port: number;
  /** Not ready for visitors any more; those who are here stay. */
  drain(): void;
  /** Sends everybody home and stops listening. */
  close(): Promise<void>;
}

/** Rooms are made and removed by the server alone. */
const TABLE_ROOMS: Rooms = {
  async open(tableId) {
    if (matchMaker.getLocalRoomById(tableId) !== undefined) throw new Error(`there is a room ${tableId} already`);
    await matchMaker.createRoom('andar_bahar', { tableId });
  },
  async close(tableId) {
    const room = matchMaker.getLocalRoomById(tableId);
    if (room instanceof AndarBaharRoom) await room.sayGoodbye();
  },
};

const PHASE_ROOMS: PhaseRooms = {
  async open(phaseId) {
    await matchMaker.createRoom(LOTTERY_PHASE, { phaseId });
  },
};

/** Opens HTTP and the rooms: one per table and phase, made by the server alone. The rounds begin with them. */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const { config, log, tables } = options;
  const state = { open: false };
  const http = createServer({ requireHostHeader: false }); // guardServer asks for it
  const colyseus = new ColyseusServer({
    transport: new SturdyTransport({ server: http, verifyClient: verifyUpgrade(config) }, log),
    greet: false,
    logger: frameworkLogger(log),
    // Ours is ordered and has a deadline.
    gracefullyShutdown: false,
  });
  const attendance = new Attendance();
  const places = { ...options, tables: tables.all, attendance };
  colyseus.define('andar_bahar', andarBaharRoom(places));
  colyseus.define(BACKOFFICE, backofficeRoom(places));
  colyseus.define(ACCOUNT, accountRoom(places));
  colyseus.define(LOTTERY_PHASE, lotteryRoom(places));
  colyseus.define(TRADING_DESK, tradingRoom(places));
  const app = express();
  const matchmaking = matchmakingRouter();
  const operations = operationsOf(options, attendance);
  const routes = routesOf(options, attendance);
  const pages = [openApiRouter(routes), ...pagesOf(options, state)];
  mountHttp(app, { ...options, routes, pages, operations, matchmaking });
  const close = async () => {
    await colyseus.gracefullyShutdown(false);
    http.closeAllConnections();
  };
  try {
    await listen(colyseus, http, config);
    guardServer(http, app, config);
    await matchMaker.createRoom(BACKOFFICE, {});
    await matchMaker.createRoom(ACCOUNT, {});
    await matchMaker.createRoom(TRADING_DESK, {});
    await options.lottery.openRooms(PHASE_ROOMS);
    await tables.start(TABLE_ROOMS);
  } catch (error) {
    await close();
    throw error;
  }
  state.open = true;
  const drain = () => {
    state.open = false;
  };
  return { port: (http.address() as AddressInfo).port, drain, close };
}

/** Colyseus never answers when the port is taken. */
async function listen(colyseus: ColyseusServer, http: HttpServer, { port, host }: Services['config']): Promise<void> {
  const failed = once(http, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([colyseus.listen(port, host), failed]);
}

/** What the framework says goes where everything goes, never louder than a warning: bad frames are not news. */
function frameworkLogger(log: Logger) {
  const say =
    (level: 'debug' | 'warn') =>
    (first: unknown, ...rest: unknown[]) => {
      if (first instanceof Error) log[level]({ err: first }, 'colyseus');
      // The first line: anybody can have as many stacks written as they send bad frames.
      else log[level]({ rest: rest.length > 0 ? rest : undefined }, `colyseus: ${String(first).split('\n', 1)[0]}`);
    };
  return { debug: say('debug'), info: say('debug'), trace: say('debug'), warn: say('warn'), error: say('warn') };
}

function routesOf(options: EdgeOptions, attendance: Attendance) {
  const names = options.config.demo ? { isReserved: isBotName } : {};
  return [
    ...authRoutes({ ...options, ...names }),
    ...tableRoutes(options),
    ...tableVoidsRoutes(options),
    ...recallRoutes(options), // before the public rounds: `me` is no round
    ...roundRoutes(options),
    ...statisticsRoutes(options),
    ...walletRoutes(options),
    ...statementRoutes(options),
    ...vipRoutes(options),
    ...protectionRoutes(options),
    ...transactionRoutes(options),
    ...adminTransactionRoutes(options),
    ...adminAdjustmentRoutes(options),
    ...bonusRoutes(options),
    ...adminCampaignRoutes(options),
    ...adminBonusRoutes(options),
    ...voidRoutes({ ...options, tables: options.tables.all }),
    ...lotteryRoutes(options),
    ...lotteryRiskRoutes(options),
    ...riskRoutes(options),
    ...adminLotteryRoutes({ ...options, schedule: options.config.drawSchedule }),
    ...adminSlipRoutes(options),
    ...marketRoutes(options),
    ...tradingRoutes(options),
    ...adminDeskRoutes(options), // before the tables: the desk is none
    ...partnerRoutes(options),
    ...partnerKeyRoutes(options),
    ...partnerPostbackRoutes(options),
    ...adminPartnerRoutes(options),
    ...adminStatementRoutes(options),
    ...adminGameRoutes(options),
    ...adminAuditRoutes(options),
    ...adminUserRoutes(options),
    ...reconciliationRoutes(options),
    ...masterRoutes({ ...options, tables: options.tables.all, attendance }),
  ];
}

function operationsOf(options: EdgeOptions, attendance: Attendance): readonly Router[] {
  const { config, metrics } = options;
  const monitor = monitorRouter(options);
  if (metrics === null || config.metricsToken === undefined) return [monitor];
  metrics.watchRooms(() => attendance.occupancy());
  return [monitor, metricsRouter(metrics, config.metricsToken)];
}

function pagesOf(
  { database, wallet, ownership, cashier, market, pages }: EdgeOptions,
  state: { readonly open: boolean },
): readonly Router[] {
  const health = healthRouter({
    open: () => state.open,
    database: async () => (await database.oneFirst(sql.type(z.object({ one: z.int() }))`select 1 as one`)) === 1,
    ownership: () => ownership.stillOwner(),
    wallet: () => wallet.stats.phase !== 'stopped' && wallet.stats.phase !== 'away',
    feed: () => market.isReady,
  });
  return [health, paymentWebhooks(cashier), ...pages];
}
