import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonNameParams, X509Certificate } from '@peculiar/x509';

/** A certificate and its private key, as PEM. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;
/** The groups that stand as organizations in a client certificate, and the user as common name (Kubernetes documentation, "X509 client certificates"). */
export interface CertificateSubject {
  readonly name: string;
  readonly groups?: readonly string[];
}

/**
 * A certificate authority that lives as long as the process: the certificate that API servers show on loopback, client certificates, and the key
 * that signs service account tokens.
 */
export class CertificateAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly server: CertificatePair,
    readonly tokenKey: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  ) {}

  static async create(): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: newSerial(),
      name: 'CN=kube-simulator-ca',
      keys,
      signingAlgorithm: algorithm,
      ...validity(),
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
      ],
    });
    const server = await signServer(certificate, keys);
    const tokenKeys = await generateKeys();
    const privateKey = createPrivateKey(await exportKey(tokenKeys));
    return new CertificateAuthority(certificate, keys, server, { privateKey, publicKey: createPublicKey(privateKey) });
  }

  /** The authority's own certificate, for clients to trust. */
  get certificatePem(): string {
    return this.certificate.toString('pem');
  }

  /** A certificate for a client who proves by it who it is. */
  issueClient({ name, groups = [] }: CertificateSubject): Promise<CertificatePair> {
    const subject: JsonNameParams = [...groups.map((group) => ({ O: [group] })), { CN: [name] }];
    return sign(this.certificate, this.keys, subject, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]);
  }
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const newSerial = (): string => randomBytes(15).toString('hex').replace(/^/, '01');
const validity = (): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() - dayMs),
  notAfter: new Date(Date.now() + 365 * dayMs),
});

async function exportKey(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

function signServer(issuer: X509Certificate, issuerKeys: webcrypto.CryptoKeyPair): Promise<CertificatePair> {
  const names = new SubjectAlternativeNameExtension([
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
    ...['localhost', 'host.docker.internal', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((value) => ({
      type: 'dns' as const,
      value,
    })),
  ]);
  return sign(issuer, issuerKeys, [{ CN: ['kube-apiserver'] }], [names, new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])]);
}

async function sign(
  issuer: X509Certificate,
  issuerKeys: webcrypto.CryptoKeyPair,
  subject: JsonNameParams,
  extensions: readonly (ExtendedKeyUsageExtension | SubjectAlternativeNameExtension)[],
): Promise<CertificatePair> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: new Name(subject).toString(),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true), ...extensions],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await exportKey(keys) };
}

/** The serial number of a certificate, as TLS sockets tell it. */
export function certificateSerial({ certificatePem }: CertificatePair): string {
  return new NodeCertificate(certificatePem).serialNumber;
}
