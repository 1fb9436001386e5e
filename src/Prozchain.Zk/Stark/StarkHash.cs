namespace Prozchain.Zk.Stark;

/// <summary>The hash of a proof's trees. Its transcript is Keccak-256 whatever the trees are.</summary>
public enum StarkHash : byte
{
    /// <summary>None chosen.</summary>
    None = 0,

    /// <summary>Keccak-256, the default.</summary>
    Keccak256 = 1,

    /// <summary>BLAKE3: faster here, in no EVM.</summary>
    Blake3 = 2,

    /// <summary>SHA-256.</summary>
    Sha256 = 3,

    /// <summary>
    /// Poseidon2 of widths 24 (rows) and 16 (nodes), for proofs that a circuit will verify. Its cryptanalysis is under way, and its
    /// digests of 248 bits collide at 124: <c>Secure128</c> parameters refuse it.
    /// </summary>
    Poseidon2 = 4,
}
