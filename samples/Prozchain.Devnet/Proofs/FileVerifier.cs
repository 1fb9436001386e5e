using System.Diagnostics;
using Prozchain.Zk;

namespace Prozchain.Devnet.Proofs;

/// <summary>The verify command: whether a proof on disk shows what it states. Nothing in the file is trusted.</summary>
internal static class FileVerifier
{
    public static Task<int> RunAsync(string path, string? hash, CancellationToken cancellation) => ProofHost.RunAsync(() =>
    {
        byte[]? wanted = hash is null ? null : ProofHost.ParseHex("--hash", hash);
        if (wanted is not null && wanted.Length != FileStatement.HashSize)
            throw new RunUnusableException($"--hash must be {FileStatement.HashSize} bytes in hex, got {wanted.Length}.");
        byte[] bytes = ProofHost.Read(path, FileProof.MaxSize);
        if (FileProof.TryRead(bytes, out FileProof? proof) is not ReadResult.Ok and var read) throw new ProofRefusedException($"its encoding is wrong ({read})");
        FileStatement statement = proof!.Statement;
        if (wanted is not null && !statement.Hash.Span.SequenceEqual(wanted))
            throw new ProofRefusedException($"it is about the hash {FileStatement.Hex(statement.Hash)}, not {FileStatement.Hex(wanted)}");
        long start = Stopwatch.GetTimestamp();
        var key = new FileProofKey(statement);
        cancellation.ThrowIfCancellationRequested();
        long ready = Stopwatch.GetTimestamp();
        VerifyResult result = key.Verify(proof.Proof);
        TimeSpan took = Stopwatch.GetElapsedTime(ready);
        if (result != VerifyResult.Valid) throw new ProofRefusedException($"it does not show what it states ({result})");
        using var process = Process.GetCurrentProcess();
        ProofHost.Line($"Valid: {statement.Describe()}.");
        ProofHost.Line($"{key.Report.ProvenBits:F1} bits proven ({statement.SecurityBits} asked for); {bytes.Length} bytes, verified in {took.TotalMilliseconds:F0} ms after {Stopwatch.GetElapsedTime(start, ready).TotalMilliseconds:F0} ms for parameters and key, peak memory {process.PeakWorkingSet64 / (1 << 20)} MiB");
        return Task.FromResult(ExitCodes.Success);
    });
}
