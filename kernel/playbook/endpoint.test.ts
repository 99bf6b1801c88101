import { expect, test } from 'vitest';
import { coversEndpoint } from './endpoint.ts';

test.each([
  ['db.example.com:5432', 'db.example.com:5432'],
  ['db.example.com:5432', 'DB.example.com.:5432'],
  ['db.example.com:*', 'db.example.com:5432'],
  ['*.example.com:443', '*.example.com:443'],
  ['*.example.com:*', '*.eu.example.com:443'],
  ['10.0.0.0/8:5432', '10.2.0.0/16:5432'],
  ['10.0.0.0/8:5432', '10.1.2.3:5432'],
  ['0.0.0.0/0:*', '127.0.0.1:80'],
  ['[fd00::]/8:443', '[fd12:3456::1]:443'],
  ['unix:/run/x.sock', 'unix:/run/./x.sock'],
])('%s covers %s', (granted, asked) => {
  expect(coversEndpoint(granted, asked)).toBe(true);
});

test.each([
  ['db.example.com:5432', 'db.example.com:443'],
  ['db.example.com:5432', 'db.example.com:*'],
  ['db.example.com:5432', 'other.example.com:5432'],
  // An exact name may lead to a private address, which the suffix does not reach.
  ['*.example.com:443', 'db.example.com:443'],
  ['*.example.com:443', '*.badexample.com:443'],
  ['*.eu.example.com:443', '*.example.com:443'],
  ['10.2.0.0/16:5432', '10.0.0.0/8:5432'],
  ['10.0.0.0/8:5432', '11.1.2.3:5432'],
  ['10.0.0.0/8:5432', 'db.example.com:5432'],
  ['0.0.0.0/0:443', '[::1]:443'],
  ['unix:/run/x.sock', 'unix:/run/y.sock'],
  ['localhost:80', 'unix:/run/x.sock'],
  ['unix:/run/x.sock', 'localhost:80'],
])('%s does not cover %s', (granted, asked) => {
  expect(coversEndpoint(granted, asked)).toBe(false);
});
