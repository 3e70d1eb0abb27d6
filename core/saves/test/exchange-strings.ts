/**
 * What games really exported, as others published it (their checks of the same format); base64 of nothing but settings. Each is
 * named by the version in its head.
 */

/** By `game.get_map_exchange_string()` of a map with seed 123456 and nothing else chosen. */
export const PLAIN_2_1_9 = [
  ">>>eNpjYmBk4GRgZgACRodHjAwNLXJg/L+eQeH/fxAGsh4AZR+AlTQwMDTYA2mgIDJQcARiJ4gcEDMyMlaLrHN/WDXFnhGiQM8ByvgAFTmQBBP",
  "xhDH8HHBKqcAYJkjmMDL2vt264PuxC3aMf1Z+vOSblGDPaOgq8u6D0To7oCQryL0gjzGywVkQvQ9gruJwQBcBMmbNBIGX9hADRBDaBBwYF/QAe",
  "Qe8mRkYBfiALDBXQQauwg5mnogDYxoYfLNnNAaDxzDGZQzLgZ6zAdkiByJOgAhWhKUMDkCvQBj9DowO8jBZSYQSoH4jBmQ3pIB4EG+chFl7GMl",
  "+NIdgBi6yP9BE4Io5kBhcIAtT4MQLZuSgvsAO4znMdwBHAwNI1RdGaKSAZWBGwUMaFO7M8PT1wR419YAYIEMWLLg0CwArA2I/<<<",
].join("");

/** The game's own preset "Lakes": all controls, and an expression for the elevation. */
export const LAKES_2_1_9 = [
  ">>>eNp1Ur1rlDEYT3qevbva9pBDFErt4Fqh1VF6r4KIiP4LMZfLew3NvTnzcVoV7OCoOOiii11dOuleEES3oos4VVx0UCqILkJN3vfyfl0NPOH",
  "3fD+/J5kAENRBBYC5Jr5hGBeISNOlSDAOwEbbyyTBnDBN87ZDROBCUIOIwYDKRSELcfW44mKpYoNGtL++2MGqEDwdciMkiyga0kgXPYb3hMSIc",
  "BaGec+s9zDFcdRVed9Uj9POATnNxB4PgcpDHEmcA1tNH1RNaRHRA+w3saYyb68xKaLyPqY506vM9FHH8Sz0jbAZMjU+bVUKslaYpKqIxIO85Zj",
  "SWGoW9RCWFKO+YEqbYufq2OAtZXhoJCMIE9ZFPbquigyqWlI66gySIbWJekrTCJV4TRmJI8trjO/QcIIjY3mVPszR1DMUDjDVL/Qe2yeAG5+aE",
  "xv354GT/XtgYX/fiUW7dj4nNiSJhtY4Oocr2NyqW3EvzchsvF9EOR1izUQ0X9JRKEU/Uxux2z6VUs0MJqXqadRsls7xGlU1/wAzHiQZx+OFotA",
  "uSWk0wHoVEaOF0XDJjbpw3sqFjC+Ed1pblz7fftKGCZfTwQjsjSzbHW+57MG14L+uUx6czdWB8OH3V5t/3uyswL8vfr6/2rnehksXWz/2lrdWr",
  "LPqtlpx1+EUJbm7fqpaULZY8OypO9/aSYFWltYM4OYDq21fqQDYnLEoVhfm0ogVX68VwDA+v9vwTHy+ePBhrLkld851mXfXW3dVs6YgsFQS8Ci",
  "AwUnvPZGF2PxlkJ+h67SExjvf9nWuf2mQ8eXmeZQsaXAtBxquYTe9vlbyq96Z9FrwPIifAbioX3D0KLHHl0o37fbuve61i7/HAVfk5d2Pj/8BB",
  "JFjIQ==<<<",
].join("");

/** Many things chosen in the map generator, with Space Age. */
export const CHOSEN_2_0_47 = [
  ">>>eNp1VEFoE0EUnUkb27TWBomFSqkBexAhMVZPRbJbL+LBg+BV1slmkgzd7LYzs9HYgz304EEQpJf2Yq9W9CIevBW8WFAQPXmr1IOCh1aL9CD",
  "UmZ2dzW4aB2by972Z9//7MyQFALggJpjIogWfOJ5lU7+KLY84ACwZeg7YyLEJx3Gs3/ZQYtOQ7c3PY1rwqNgHIjgTKBYCxQg1h7CLm+1CBTG52",
  "QRgM6BGao7vUeJiq4VdHlcfqflO3aPIsh1Sq8WZUc0Q5iC3yuLccN3BlR5nsgoPirBUER3yuCLnhRrvpca45+Ie+F3EMY3jg4R6rurHZseIQ3i",
  "D+E2rIn0m8rrIbxF2tNo09ey5RCVpZlM0H0fGGEeUE7duIYqR1fQI4z7FyUOqcNluheSY79R8SmwL2aRq1XGbJR2kOcWYPd/YMMQsB0Vy360zj",
  "l3LS6oP+xS5wlchxOWhwG/Ld2zk+sJX14M5GTEtTwaENRO5w36CKHfqmHgUhLchzMiOFBp+XaTKzwKwPru2Om72c+JgkBqoU8RY4aJ8Z91iHXn",
  "46tftraXlSSDn4QOQPzyUU0TbIqecAC6pzFCA4Uhnbc/l1HNmkH9vpkIQyxRKxemSHKfiVI3iBR+7dntwulhK0vpuuo6fPsJ3NErFS8HIYAe3E",
  "CeeOxpFloPmMEuHryZoR/5q5BRCuJh7ee3r/RUDKgtFMwwOQmSzopHrYfDkhfk/ql9T4LIOdg2oqvsdC1RSLlKEuwbNTqDIZUlCuNfYefj6YL8",
  "M/z7b+3SjcseAt75lF9j5H2VBjshrSEXL2qocb7QVoDW3jZD6YsAP7+X4acA+eeKsXHZXUgCWbh4DMHtCfK4/Ekt+AujSylomZ8JaMP5oJzs6+",
  "Gx0+5gy4RUpPimXd3JJg0hSVAZVaD42oXlGs+OdLeL8NIjXUO043NJp38bydxUydeQi4j66kCmzxzUMyYTVaPneF1Uj+vlxQH+ZT82gl0Du2he",
  "Y+lJ/JEpK/WZNmBM/mgXgnKlfCACLzljjH+s/hYo=<<<",
].join("");

export const CHOSEN_2_1_14 = [
  ">>>eNp1U89rE0EUftMmNYm15hAFRWoOPYiQEKKgFMmOXsSDB0HwJHGymejSzU47u1utHszBgwdBkF70olcrehHvAS/2JvUfqNSDvbVSpAehzsv",
  "sTNYEH7zHt9/7/YadAAIzSmE64wrmA/QcowVXLC5yWRGSA4Cl866M27wiPD/F0gIPeHel0mIhBlOA/sCV86QIdIW+rTAdsHjZC5uu73U66Y5ZK",
  "dyFMM0cDyMmIy+422SSs2ZXeGEUY7VUUhiJIGmaMJHkPHy3tuYobSBzOJYs8OKunqSHvI68zyIucQ8TCeTjr9vrvSezgHrwGMoHB6gKbao4VCA",
  "9HU0UmUi26IogksKfZ/GD+ZbHwnylVq3XUI6lXR3Jl2IeuCu5erX2r9ssN5J+csw/rFGrnhtInvt8mUWeCI5a1PTZAg+zyZGhfFnpFXs4Qsij0",
  "oer3x+uOkSvUKUJ2E+Yfssw1xLw4j39nytjXHDegB1HNdm9t/X00/5eg/x5u7txvXXHITd/FJfCs9sN5TyCx5xEM2WRzt00U+XoKKPAq5co2w7",
  "JYkZpmFakZGd1AkjtxhSQjYziizPKvHmmTPmUDWuYoiVKOgP57RB9yS0Dvo1NMEfJJWw1i+YLmuywM1C1jwbPKaGnjffEMETl1yE9Qxu/9C7rp",
  "u3nVP+RQebGLpzeY4SxwbkUKGDDtjU/J9P3/nrIfNHXdPAWgFF7JHkZ0L+YLmXPjcc3XoAz1D69BVjk1sULxb83nuUA<<<",
].join("");

export const CHOSEN_1_1_33 = [
  ">>>eNp1UzFs00AUvZ8mbRIEypCBSlCCyFAhOQqBKULxlQUxMCCxgnCcS2rh2On5LAgMZOjAgISEurQLXSmCBTGwRWKhEkgIJraiMgBiaGmFOiC",
  "FO5/PsUz6pfv+9/6/99+/kwEBOo2k6c83NhrZtOkaNkIDXa286fZ6hGouJaJIwTmT+i2iuZYdQ3GeOKTb15qGJ4oxQsMglbWo60iGYcSQ8Zjrh",
  "GUhwighHpcRSBHIEZ8ajuV35dmBwIPK1DRxmMX6ADnqmre1Rb/D86UFhNYX1lZncZpZNkGpmQ41PE87J6RFTe4YjND4hPDq943NwfIcEmv0AJV",
  "GI7F4tMXViYVgECgCjoWWPm66DqOurXmEMcvp1A3/br1pGV5Oq1ZqVWHzk0ralCz5xDH79a5vM6tnW4Rma5XgQPVk8kTXtTzmU5Jg1g6tm0hfr",
  "ZwPLGPaVrstL6p0SYwEAPeLLy9/vbeigxysgsPgIESGTYVcCYMnL/BhqbRKoQsq2NFBdt+LBbIp4y3CqiweBzK5LJIAu4vbD18f7Dfg77PdT1e",
  "bt3S4/q2w5J39IbQfFW+TitzaqrA3ahSkOLf0MPVFhw/vhf3SYUqcOCPczkoKQfXaNILCMb5df8Rd6QRS0hqKpoihHdgfNcm2Cj7ryTnKGC4K8",
  "jnh3gmXQRElVwYyxI8x4FMqOzsu4edrKK6hNZ5wU7V9G+ufEFL+7yHicySQMp7wDHnRsBW571ORGn6fH2fUDj/FwV0iUbXPMbmTP7akkt8ChiL",
  "/BPceEs3j1M3iz71/ObT9tA==<<<",
].join("");
