using Prozchain.Zk.Air;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>A key, and the tables that it was made of.</summary>
/// <param name="Key">The key.</param>
/// <param name="Airs">Its tables, in order.</param>
internal sealed record ProofKey(StarkKey<F> Key, IReadOnlyList<IAir> Airs);
