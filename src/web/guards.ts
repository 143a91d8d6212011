import type { MiddlewareHandler } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';

const none = ["'none'"];
const self = ["'self'"];

/**
 * Headers for every answer; what a route set itself stays. No HSTS, and no isolation of origins: at home this
 * runs over plain HTTP, where they are errors in the console or lock the owner out.
 */
export const safeHeaders: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: none,
    scriptSrc: self,
    styleSrc: self,
    imgSrc: self,
    connectSrc: self,
    mediaSrc: self,
    manifestSrc: self,
    formAction: self,
    baseUri: none,
    frameAncestors: none,
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  overwrite: false,
});

/** A form that another site sends through the owner's browser changes nothing here. */
export const sameOriginOnly: MiddlewareHandler = csrf();

/** Answers only to the names the owner gave: a foreign one is a page elsewhere that points its name at us. */
export function knownHostsOnly(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(allowedHosts.map(hostnameOf));
  return async (c, next) => {
    const asked = [new URL(c.req.url).host, c.req.header('host') ?? ''].filter((host) => host !== '');
    if (asked.every((host) => allowed.has(hostnameOf(host)))) return next();
    return c.text('Reelhold does not answer to this name.\n', 421);
  };
}

/** Lower-case, without a port, a final dot and the brackets of IPv6. */
function hostnameOf(host: string): string {
  const name = host.toLowerCase();
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(name)?.[1];
  if (bracketed !== undefined) return bracketed;
  // More than one colon: an IPv6 address as a setting may have it.
  return name.split(':').length > 2 ? name : name.replace(/:\d*$/, '').replace(/\.$/, '');
}
