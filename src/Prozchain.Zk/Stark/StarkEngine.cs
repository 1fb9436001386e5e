using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>A prover and a verifier over one extension and one tree, chosen by the parameters at run time.</summary>
internal abstract class StarkEngine<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>The commitment to the preprocessed columns of a key; empty without any.</summary>
    public abstract byte[] CommitPreprocessed(StarkKey<TField> key);

    public abstract StarkProof Prove(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, TField[][] publicValues, StarkProverOptions options, IProgress<StarkProgress>? progress,
        CancellationToken cancellation);

    public abstract VerifyResult Verify(StarkKey<TField> key, TField[][] publicValues, StarkProof proof);
}
