import type { User } from '../auth/user.js';
import type { HttpExchange } from '../server/http-exchange.js';
import { notFoundText } from '../server/not-found.js';
import type { PathHandler } from '../server/router.js';

/** The checks that the simulator can answer for, under the real server's names. */
const checks: readonly string[] = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/bootstrap-controller',
];
const endpoints: readonly string[] = ['healthz', 'livez', 'readyz'];

/** `/healthz`, `/livez` and `/readyz`, with `?verbose` and with one check behind a slash. */
export class HealthHandler implements PathHandler {
  async handle(exchange: HttpExchange, _user: User): Promise<boolean> {
    const [endpoint = '', ...rest] = exchange.path.replace(/^\//, '').split('/');
    if (!endpoints.includes(endpoint)) return false;
    const check = rest.join('/');
    if (check === '') {
      const isVerbose = exchange.query.has('verbose');
      await sendPlain(
        exchange,
        isVerbose
          ? `${checksOf(endpoint)
              .map((name) => `[+]${name} ok\n`)
              .join('')}${endpoint} check passed\n`
          : 'ok',
      );
    } else if (checksOf(endpoint).includes(check)) await sendPlain(exchange, 'ok', false);
    else await notFoundText(exchange);
    return true;
  }
}

const checksOf = (endpoint: string): readonly string[] => (endpoint === 'readyz' ? [...checks, 'shutdown'] : checks);

async function sendPlain(exchange: HttpExchange, text: string, nosniff = true): Promise<void> {
  await exchange.sendText(200, 'text/plain; charset=utf-8', text, nosniff ? { 'x-content-type-options': 'nosniff' } : {});
}
