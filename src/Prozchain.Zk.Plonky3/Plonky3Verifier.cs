using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3;

/// <summary>Verifies proofs in the peer's format.</summary>
public static class Plonky3Verifier
{
    /// <summary>
    /// Says whether a proof shows the statement. Any bytes are fine: nothing is thrown for them, and memory stays within a
    /// small multiple of their length.
    /// </summary>
    /// <remarks>
    /// Stricter than the peer, which ignores what follows a proof and takes integers in more bytes than needed. A witness
    /// for zero bits of work is not bound: its four bytes may be any field element. Thread-safe.
    /// </remarks>
    /// <param name="key">The statement.</param>
    /// <param name="publicValues">For each table, its public values.</param>
    /// <param name="proof">The proof.</param>
    /// <exception cref="ArgumentException">The public values are not as many as the statement has.</exception>
    public static Plonky3Result Verify<TField, TExt>(Plonky3Key<TField, TExt> key, IReadOnlyList<ReadOnlyMemory<TField>> publicValues, ReadOnlySpan<byte> proof)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        ArgumentNullException.ThrowIfNull(key);
        key.CheckPublicValues(publicValues);
        return StarkVerifier<TField, TExt>.Verify(key, publicValues, proof, key.Suite.CreateChallenger());
    }
}
