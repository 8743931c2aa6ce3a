import { shapes } from './bench/shapes/index.ts'
import { compileSchema } from '../app/encode/schema.ts'
import { oracleType } from '../tests/support/oracle/schema.ts'
import { verifiableCredential } from '../app/normalise/verifiable-credential.ts'
for (const name of ['small','credential','coerced'] as const) {
  const s:any=shapes[name]; const schema=JSON.stringify(s.schema)
  const docs=Array.from({length:64},(_,i)=>verifiableCredential(JSON.parse(s.text({source:10001,seq:10012345+i}))))
  const plan=compileSchema('a-value',[schema]); const oracle=oracleType(schema)
  const buf=Buffer.alloc(65536)
  const bench=(n:string,f:(d:any)=>unknown)=>{let best=1e9;for(let r=0;r<9;r++){const t0=performance.now();for(let i=0;i<3000;i++)for(const d of docs) f(d);best=Math.min(best,(performance.now()-t0)*1e6/(3000*64))} console.log(name,n,best.toFixed(1),'ns')}
  bench('oracle',d=>oracle.encode(d,buf,5))
  bench('plan',d=>plan.encode(d,buf,5))
}
