using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>Verifies proofs of <see cref="StarkProver"/>.</summary>
public static class StarkVerifier
{
    /// <summary>
    /// Whether a proof shows that traces exist which satisfy the key's AIRs for these public values. Never throws on what a proof
    /// holds; what it allocates follows from key and heights, which the key limits.
    /// </summary>
    /// <param name="key">The tables.</param>
    /// <param name="publicValues">The public values of each table.</param>
    /// <param name="proof">The proof, untrusted.</param>
    /// <param name="messages">The public messages, equal to the prover's and in the same order; null for none.</param>
    /// <returns>Valid, or what is wrong.</returns>
    /// <exception cref="ArgumentException">
    /// The public values are not as many as the tables ask for, there are more public messages than the key accepts (<see cref="Security.StarkShape.MaxPublicMessages"/>), one is
    /// not of its buses, or the key has shared buses, whose proofs mean something together only (<see cref="StarkGroup"/>).
    /// </exception>
    public static VerifyResult Verify<TField>(StarkKey<TField> key, IReadOnlyList<TField[]> publicValues, StarkProof proof, IReadOnlyList<PublicMessage<TField>>? messages = null)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(proof);
        if (key.Shared is not null) throw new ArgumentException("Expected a key without shared buses, whose proofs stand alone, got one with.", nameof(key));
        return key.Engine.Verify(key, StarkProtocol.Copy(key, publicValues), proof, [], PublicMessageList<TField>.Of(key, messages));
    }
}
