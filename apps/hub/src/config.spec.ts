import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const redis = { REDIS_URL: 'redis://127.0.0.1:6379' };

describe('the configuration', () => {
  it('needs no more than Redis', () => {
    expect(readConfig(redis)).toMatchObject({ port: 8080, host: '127.0.0.1', logLevel: 'info', leaseMs: 15_000, confirmationMs: 60_000 });
  });

  it('takes ranges of both families', () => {
    const ranges = { MEMBER_ADDRESSES_ALLOWED: '127.0.0.0/8, fd00::/8' };
    expect(readConfig({ ...redis, ...ranges }).memberAddressesAllowed).toEqual(['127.0.0.0/8', 'fd00::/8']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no Redis', { REDIS_URL: '' }, 'REDIS_URL is required, such as redis://127.0.0.1:6379'],
    ['a port that is none', { ...redis, PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535'],
    ['a port out of range', { ...redis, PORT: '70000' }, 'PORT must be a whole number from 0 to 65535'],
    ['a time that is none', { ...redis, RESYNC_SECONDS: 'soon' }, 'RESYNC_SECONDS must be a number of seconds from 1'],
    ['a time that is too short', { ...redis, LEASE_SECONDS: '0' }, 'LEASE_SECONDS must be a number of seconds from 1'],
    ['a level that is none', { ...redis, LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be debug, info, warn, error or silent'],
    ['a budget that is none', { ...redis, AWS_BUDGET_READ: '10' }, 'AWS_BUDGET_READ must be RATE:BURST, such as 10:50, or off'],
    ['a variable set to nothing', { ...redis, KUBECONFIG: '' }, 'KUBECONFIG is set to nothing: give it a value, or leave it out'],
    ['a Lease that no attempt fits into', { ...redis, LEASE_SECONDS: '12' }, 'LEASE_SECONDS must be more than one and a half times'],
    [
      'a range that is none',
      { ...redis, MEMBER_ADDRESSES_ALLOWED: '10.0.0.0/8,foo' },
      'MEMBER_ADDRESSES_ALLOWED must be CIDRs separated by',
    ],
    ['a range with too many bits', { ...redis, MEMBER_ADDRESSES_ALLOWED: '10.0.0.0/33' }, 'MEMBER_ADDRESSES_ALLOWED must be CIDRs'],
    ['an address that is no range', { ...redis, MEMBER_ADDRESSES_ALLOWED: '::1' }, 'MEMBER_ADDRESSES_ALLOWED must be CIDRs'],
    ['half of a certificate', { ...redis, TLS_CERT_FILE: '/tls.crt' }, 'TLS_CERT_FILE and TLS_KEY_FILE go together'],
    ['plain http for all', { ...redis, HOST: '0.0.0.0' }, 'HOST 0.0.0.0 is not loopback'],
    ['a name that looks like loopback', { ...redis, HOST: '127.example.com' }, 'HOST 127.example.com is not loopback'],
    ['two at once', { REDIS_URL: '', PORT: '-1' }, 'REDIS_URL is required, such as redis://127.0.0.1:6379; PORT must be'],
  ])('refuses %s, and names the variable and the fix', (_, environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });
});
