// The worked example of docs/certificate.md, as it stands there.

export const EXAMPLE = {
 "public": {
  "beacon_signature": "",
  "commitment": {
   "format": "yidi/draw-commitment/1",
   "algorithm": "yidi-draw-1",
   "assurance": "rehearsal",
   "beacon": null,
   "caps": {
    "group": null,
    "employer": "1",
    "department": null
   },
   "committed_at": "2026-11-24T04:00:00Z",
   "conflicts": {
    "digest": "sha256:6fb07502de717d40196d2be298e5accfcc6de04342f6cbde5c55d039a9fb3a75",
    "loose": "0",
    "most_shift": "0",
    "pairs": "0"
   },
   "draw_id": "D1",
   "fixed_members": "0",
   "joint": null,
   "lottery": {
    "bodies": [],
    "cells": [
     {
      "body": "",
      "members": "1",
      "slots": [
       "0"
      ]
     },
     {
      "body": "",
      "members": "1",
      "slots": [
       "0",
       "1"
      ]
     },
     {
      "body": "",
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
      "cut": {
       "bodies": [],
       "cells": [
        "0",
        "1",
        "2"
       ],
       "ground": false,
       "slots": [
        "0",
        "1"
       ],
       "total": true
      }
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
   "method": "equal",
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
    "root": "sha256:5a7d24a81f4d40fe09a2e785110016dea80c03aa406bcdad359ec4ac1786ad9c",
    "size": "4"
   },
   "previous": null,
   "project_id": "P1",
   "reason": "",
   "reveal_by": null,
   "rules_digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
   "seats": "2",
   "sequential": null,
   "slots": [
    {
     "codes": [
      "A08"
     ],
     "most": "1",
     "region": "532301",
     "seats": "1",
     "slot_id": "S1",
     "venue_id": "V01"
    },
    {
     "codes": [
      "A07"
     ],
     "most": "1",
     "region": "532301",
     "seats": "1",
     "slot_id": "S2",
     "venue_id": "V01"
    }
   ]
  },
  "commitment_digest": "sha256:ffda028f5f8b623eba0e2bbfe382ff3e8ec954720f48c2012c640295448d30e4",
  "completed_at": "2026-11-24T04:00:00Z",
  "drawn": "2",
  "format": "yidi/draw/1",
  "key": "ed25519:03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
  "sealed_digest": "sha256:29830d55de12fbf1e453b0d0d6f79e0f17994e9951eee763e05c00a84da0f1f7",
  "withheld": [],
  "signature": "5523489f42632f4d4b336ec37282caa9b4197cd556cc9bc5d656696ab00f6ca4347041f00da8fb2499fd21272230fd3aef9ef67ae253622a1d09b29af02f560d"
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
    "expert_id": "E2",
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
    "",
    "UA",
    "",
    "0"
   ],
   [
    "E2",
    "",
    "UB",
    "",
    "1"
   ],
   [
    "E3",
    "",
    "UC",
    "",
    "2"
   ],
   [
    "E4",
    "",
    "",
    "",
    "busy"
   ]
  ],
  "reserved": null,
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
  "seed": "f015e3c8a48441c4ba31450b37c256e513354efd09eff36996bfb1cc4d8bcc96",
  "stranded": []
 }
};
