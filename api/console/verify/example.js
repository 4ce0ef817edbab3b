// The worked example of docs/certificate.md, as it stands there.

export const EXAMPLE = {
 "public": {
  "commitment": {
   "format": "yidi/draw-commitment/1",
   "algorithm": "yidi-equal-1",
   "assurance": "rehearsal",
   "committed_at": "2026-11-24T04:00:00Z",
   "conflicts": {
    "digest": "sha256:6fb07502de717d40196d2be298e5accfcc6de04342f6cbde5c55d039a9fb3a75",
    "most_shift": "0",
    "pairs": "0"
   },
   "draw_id": "D1",
   "employer_cap": "1",
   "fixed_members": "0",
   "lottery": {
    "cells": [
     {
      "employer": "",
      "members": "1",
      "slots": [
       "0"
      ]
     },
     {
      "employer": "",
      "members": "1",
      "slots": [
       "0",
       "1"
      ]
     },
     {
      "employer": "",
      "members": "1",
      "slots": [
       "1"
      ]
     }
    ],
    "levels": [
     {
      "cells": [
       "0",
       "1",
       "2"
      ],
      "chance": "2/3",
      "cut": "within",
      "employers": [],
      "slots": [
       "0",
       "1"
      ]
     }
    ],
    "spread": [
     [
      "0",
      "0",
      "2/3"
     ],
     [
      "1",
      "0",
      "1/3"
     ],
     [
      "1",
      "1",
      "1/3"
     ],
     [
      "2",
      "1",
      "2/3"
     ]
    ]
   },
   "number": "1",
   "parties": [
    {
     "commitment": "sha256:b02be200746049afc488097e0fa7b198ad32c3f2735d6c9d441d1526db9a7c4c",
     "party": "operator"
    },
    {
     "commitment": "sha256:6335ae4095fde3cafc205effff20813f2f4fa46aa6850b9a4ff71bf6ba3473a3",
     "party": "server"
    }
   ],
   "pool": {
    "eligible": "3",
    "root": "sha256:cce44c6de59e08a7c564ef3c04bb4612fe10ddd2d11613810d0e506293c88cdf",
    "size": "4"
   },
   "previous": null,
   "project_id": "P1",
   "reason": "",
   "rules_digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
   "slots": [
    {
     "codes": [
      "A08"
     ],
     "region": "532301",
     "seats": "1",
     "slot_id": "S1",
     "venue_id": "V01"
    },
    {
     "codes": [
      "A07"
     ],
     "region": "532301",
     "seats": "1",
     "slot_id": "S2",
     "venue_id": "V01"
    }
   ]
  },
  "commitment_digest": "sha256:9a87a6c9f12ff17c231e42df42a6a964d912fd00393ca6e1c17e118bba5877cd",
  "completed_at": "2026-11-24T04:00:00Z",
  "drawn": "2",
  "format": "yidi/draw/1",
  "key": "ed25519:03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
  "sealed_digest": "sha256:9c0c3542f9c1b548e706192154915b3ca6dd8d5e606de5c1b6fc038ecf14567b",
  "withheld": [],
  "signature": "426f75f5073cc26fdbe6b465800b8182c6c00999b498a4ec900c563024c8097a8b8ccd0dc5a3e4bfd0cefd31cae7543cd66d1e5fc8ede20cf658487beb956303"
 },
 "sealed": {
  "attempts": "1",
  "conflicts": [],
  "draw_id": "D1",
  "fixed": [],
  "format": "yidi/draw-sealed/1",
  "panel": [
   {
    "chance": "2/3",
    "expert_id": "E1",
    "slot_id": "S1"
   },
   {
    "chance": "2/3",
    "expert_id": "E3",
    "slot_id": "S2"
   }
  ],
  "pool": [
   [
    "E1",
    "UA",
    "0"
   ],
   [
    "E2",
    "UB",
    "1"
   ],
   [
    "E3",
    "UC",
    "2"
   ],
   [
    "E4",
    "",
    "busy"
   ]
  ],
  "reveals": [
   {
    "nonce": "0101010101010101010101010101010101010101010101010101010101010101",
    "party": "operator"
   },
   {
    "nonce": "0202020202020202020202020202020202020202020202020202020202020202",
    "party": "server"
   }
  ],
  "salt": "0303030303030303030303030303030303030303030303030303030303030303",
  "seed": "d3d74d7267c19f4ea7786a56bda0a01db6257bfb4da3d67e32aa158d46f147dc"
 }
};
