using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Backends;

/// <summary>Proof of work.</summary>
/// <remarks>An implementer owes: the least nonce, in whatever order it searches; another one would be accepted, but be another proof.</remarks>
internal interface IGrinder
{
    /// <summary>The least nonce that solves a puzzle.</summary>
    ulong Solve<THash>(GrindingPuzzle<THash> puzzle) where THash : struct, IDigest<THash>;
}
