using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>A prover and a verifier over one extension and one tree, chosen by the parameters at run time.</summary>
internal abstract class StarkEngine<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>The commitment to the preprocessed columns of a key; empty without any.</summary>
    public abstract byte[] CommitPreprocessed(StarkKey<TField> key);

    /// <summary>The commitment to the early tables alone: the same as in a proof.</summary>
    /// <param name="key">A key with shared buses.</param>
    /// <param name="traces">The traces of its early tables, in order.</param>
    /// <param name="threads">Threads to work with.</param>
    /// <param name="cancellation">Ends the work between two pieces of it.</param>
    public abstract byte[] CommitEarly(StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, int threads, CancellationToken cancellation);

    public abstract StarkProof Prove(
        StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, TField[][] publicValues, StarkProverOptions options, IProgress<StarkProgress>? progress,
        GroupPlace? place, PublicMessageList<TField>? messages, CancellationToken cancellation);

    /// <summary>Verifies a proof; one of a list under the challenges of its place.</summary>
    /// <param name="key">The tables.</param>
    /// <param name="publicValues">The public values of each.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="sharedSum">Takes the sum of its fractions on shared buses, by coordinates, to what is there; empty without such buses.</param>
    /// <param name="messages">The public messages; null exactly if the key accepts none.</param>
    public abstract VerifyResult Verify(StarkKey<TField> key, TField[][] publicValues, StarkProof proof, Span<TField> sharedSum, PublicMessageList<TField>? messages = null);
}
