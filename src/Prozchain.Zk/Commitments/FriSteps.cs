using System.Numerics;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Commitments;

/// <summary>What prover and verifier do alike between messages.</summary>
internal static class FriSteps
{
    /// <summary>The positions of the queries in the tallest domain, ascending and each once: a position drawn twice is checked once.</summary>
    public static int[] Positions(ITranscript transcript, int logDomain, int queries)
    {
        var positions = new int[queries];
        transcript.ChallengeIndices("fri queries"u8, 1 << logDomain, positions);
        return Distinct(positions);
    }

    /// <summary>The leaves of a commitment that stand at or above positions of the tallest domain.</summary>
    public static int[] Above(int[] positions, int logDomain, BatchShape shape)
    {
        int shift = logDomain - BitOperations.Log2((uint)shape.Height);
        return Distinct([.. positions.Select(position => position >> shift)]);
    }

    private static int[] Distinct(int[] values) => [.. values.Distinct().Order()];
}
