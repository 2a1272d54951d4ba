import { existsSync } from 'node:fs';
import { join } from 'node:path';

const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';

/** The folder with kube-apiserver and etcd that KUBEBUILDER_ASSETS names; undefined where it names none. */
export const realAssets: string | undefined =
  assets !== '' && ['kube-apiserver', 'etcd'].every((name) => existsSync(join(assets, name))) ? assets : undefined;
