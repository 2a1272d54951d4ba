import { once } from '../object/once.js';
import { TlsGateway } from './tls-gateway.js';

/**
 * The certificate authority and TLS context that the clusters of a process share where they are given no other. It listens nowhere and holds
 * nothing open; making one takes longer than starting a hundred clusters.
 */
export const processGateway: () => Promise<TlsGateway> = once(() => TlsGateway.create());
