namespace Prozchain.Zk.Security;

/// <summary>
/// Proof of work, in bits for each round: the prover finds a nonce whose hash with the transcript has so many zero bits before
/// the challenges of that round are drawn. A round that a cheat survives by luck once in 2^k tries so costs 2^(k + bits) work.
/// </summary>
/// <param name="Lookup">Before the fingerprint challenges of the lookups.</param>
/// <param name="Composition">Before the challenge that combines the constraints.</param>
/// <param name="OutOfDomain">Before the out-of-domain point.</param>
/// <param name="Batching">Before the challenges that combine columns and points.</param>
/// <param name="Fold">Before the challenge of each fold, the same for all folds.</param>
/// <param name="Query">Before the positions of the queries.</param>
public readonly record struct GrindingBits(int Lookup, int Composition, int OutOfDomain, int Batching, int Fold, int Query)
{
    /// <summary>Before the challenges of shared buses, once for a list of proofs.</summary>
    public int Shared { get; init; }

    /// <summary>No round may be ground harder.</summary>
    public const int Max = 40;

    internal bool InRange => Valid(Lookup) && Valid(Composition) && Valid(OutOfDomain) && Valid(Batching) && Valid(Fold) && Valid(Query) && Valid(Shared);

    /// <summary>Hashes that an honest prover expects to try, over all rounds.</summary>
    internal double ExpectedWork(int folds) =>
        Work(Lookup) + Work(Composition) + Work(OutOfDomain) + Work(Batching) + folds * Work(Fold) + Work(Query) + Work(Shared);

    internal int Nonces(int folds) =>
        Nonce(Lookup) + Nonce(Composition) + Nonce(OutOfDomain) + Nonce(Batching) + folds * Nonce(Fold) + Nonce(Query) + Nonce(Shared);

    private static bool Valid(int bits) => bits is >= 0 and <= Max;

    private static double Work(int bits) => bits == 0 ? 0 : Math.ScaleB(1, bits);

    private static int Nonce(int bits) => bits == 0 ? 0 : 1;
}
