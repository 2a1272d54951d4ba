import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Access, type Caller } from './access.js';

type CallerRequest = Request & { caller?: Caller };

/** Lets in whoever has a token that the hub cluster accepts. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(private readonly access: Access) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    request.caller = await this.access.caller(request.headers.authorization);
    return true;
  }
}

/** The caller of a request that {@link CallerGuard} let in. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (!caller) throw new Error('CurrentCaller needs CallerGuard');
  return caller;
});
