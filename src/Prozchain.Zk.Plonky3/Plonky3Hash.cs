namespace Prozchain.Zk.Plonky3;

/// <summary>What trees and transcript hash with.</summary>
public enum Plonky3Hash
{
    /// <summary>Keccak-256 over bytes, for both.</summary>
    KeccakBytes,

    /// <summary>Trees by a sponge over the 64-bit lanes of Keccak-f; the transcript by Keccak-256.</summary>
    KeccakLanes,

    /// <summary>Poseidon2 of width 16 for rows, nodes and transcript.</summary>
    Poseidon2Width16,

    /// <summary>Poseidon2 of width 24 for rows and transcript, of width 16 for nodes.</summary>
    Poseidon2Width24,
}
