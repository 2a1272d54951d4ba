import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Logger } from '@hub/telemetry';
import express, { type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { HubConfig } from '../config.js';
import type { Hub } from '../hub.js';
import { HubModule } from '../hub.module.js';
import { LoopGate } from '../loop-gate.js';
import { apiDocument } from './api-document.js';
import { invalidInput, ProblemFilter } from './problem.js';
import { bodyIsRead, unreadableBody } from './request-body.js';

/** The door, open. */
export interface OpenDoor {
  readonly url: string;
  close(): Promise<void>;
}

const mostBody = '1mb';
/** So many requests are begun in one turn of the event loop: what reconciles goes on between them, however many people read. */
const requestsInATurn = 2;

/**
 * Opens the REST API over a hub.
 * @throws Error with one line where the port is taken or the certificate can't be read
 */
export async function openDoor(hub: Hub, config: HubConfig, logger: Logger): Promise<OpenDoor> {
  const { tls } = config;
  const app = await NestFactory.create<NestExpressApplication>(HubModule.over(hub, config), {
    logger: false,
    bodyParser: false,
    ...(tls && { httpsOptions: readCertificate(tls) }),
  });
  const turns = new LoopGate(requestsInATurn);
  app.use(async (request: Request, _response: Response, next: () => void) => {
    await turns.enter(request.socket.remoteAddress ?? '');
    next();
  });
  app.use(helmet());
  app.disable('x-powered-by');
  // A hash over every answer costs more than the answer; nobody asks with one.
  app.disable('etag');
  app.use(withBody(express.json({ limit: mostBody })));
  app.use(withBody(express.text({ limit: mostBody, type: ['application/yaml', 'application/x-yaml', 'text/yaml'] })));
  app.use(withBody(bodyIsRead));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidInput }));
  app.useGlobalFilters(new ProblemFilter(logger));
  SwaggerModule.setup('openapi', app, () => apiDocument(app), {
    ui: false,
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  await listen(app, config);
  const timer = tls && keepCertificate(app, tls, logger);
  return {
    url: `${tls ? 'https' : 'http'}://${hostOf(config.host)}:${portOf(app)}`,
    close: async () => {
      clearInterval(timer);
      // Streams of watchers have no end of their own.
      (app.getHttpServer() as Server).closeAllConnections();
      await app.close();
    },
  };
}

/** Leaves out a parser of bodies where nobody reads one: most of what is asked of the door are reads. */
function withBody(parse: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'GET') return next();
    return parse(request, response, (error?: unknown) => next(error === undefined ? undefined : unreadableBody(error)));
  };
}

async function listen(app: NestExpressApplication, config: HubConfig): Promise<void> {
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE') throw new Error(`port ${config.port} on ${config.host} is taken: set PORT`, { cause: error });
    if (code === 'EADDRNOTAVAIL') throw new Error(`HOST ${config.host} is not an address of this machine`, { cause: error });
    throw error;
  }
}

function readCertificate(tls: NonNullable<HubConfig['tls']>): { readonly cert: string; readonly key: string } {
  try {
    return { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
  } catch (error) {
    throw new Error(`TLS_CERT_FILE and TLS_KEY_FILE cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** A renewed certificate counts from the next connection on. One that can't be used leaves the old one in place. */
function keepCertificate(app: NestExpressApplication, tls: NonNullable<HubConfig['tls']>, logger: Logger): NodeJS.Timeout {
  const stampOf = () => [tls.certFile, tls.keyFile].map((path) => statSync(path).mtimeMs).join();
  let stamp = stampOf();
  const reload = () => {
    try {
      if (stampOf() === stamp) return;
      (app.getHttpServer() as Server).setSecureContext(readCertificate(tls));
      stamp = stampOf();
      logger.info({}, 'the TLS certificate was reloaded');
    } catch (error) {
      logger.error({ error }, 'the TLS certificate could not be reloaded, the old one stays');
    }
  };
  return setInterval(reload, tls.reloadMs).unref();
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function portOf(app: NestExpressApplication): number {
  const address = (app.getHttpServer() as Server).address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
