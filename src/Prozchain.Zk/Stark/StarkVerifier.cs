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
    /// <returns>Valid, or what is wrong.</returns>
    /// <exception cref="ArgumentException">The public values are not as many as the tables ask for.</exception>
    public static VerifyResult Verify<TField>(StarkKey<TField> key, IReadOnlyList<TField[]> publicValues, StarkProof proof)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(proof);
        return key.Engine.Verify(key, StarkProtocol.Copy(key, publicValues), proof);
    }
}
