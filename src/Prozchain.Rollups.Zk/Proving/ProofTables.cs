using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>All that one proof of a batch is made from.</summary>
/// <param name="Traces">The tables, in the order of the key.</param>
/// <param name="PublicValues">The public values of each.</param>
/// <param name="Messages">What the verifier says.</param>
internal sealed record ProofTables(Trace<F>[] Traces, F[][] PublicValues, IReadOnlyList<PublicMessage<F>> Messages);
