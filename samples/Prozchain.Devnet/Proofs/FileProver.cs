using System.Buffers;
using System.Diagnostics;
using Prozchain.Zk;
using Prozchain.Zk.Stark;

namespace Prozchain.Devnet.Proofs;

/// <summary>The prove-file command: a file becomes a proof on disk, or nothing does.</summary>
internal static class FileProver
{
    public static Task<int> RunAsync(FileProverOptions options, CancellationToken cancellation) => ProofHost.RunAsync(async () =>
    {
        if (options.Check() is { } wrong) throw new RunUnusableException(wrong);
        byte[] file = ProofHost.Read(options.File, FileStatement.MaxLength);
        byte[] prefix = PrefixOf(file, options);
        var clock = Stopwatch.StartNew();

        // Found out now, not after the proof; and a proof is whole or absent.
        string partial = options.Output + ".partial";
        FileStream output = File.Create(partial);
        try
        {
            using FileStream written = output;
            FileHash function = FileHashes.Parse(options.Hash)!.Value;
            var statement = new FileStatement(function, file.Length, function.Of(file), prefix, options.Security);
            ProofHost.Line($"To be proven: {statement.Describe()}.");
            ProofHost.Line($"{clock.Elapsed.TotalSeconds,7:F1} s  parameters and key");
            var key = new FileProofKey(statement);
            cancellation.ThrowIfCancellationRequested();
            ProofHost.Line($"{clock.Elapsed.TotalSeconds,7:F1} s  laying out the file");
            StarkProof proof = await key.ProveAsync(file, options.Threads, new StageLines(clock), cancellation).ConfigureAwait(false);
            double seconds = clock.Elapsed.TotalSeconds;
            if (key.Verify(proof) is not VerifyResult.Valid and var result) throw new RunBrokenException($"the verifier refuses the proof that was made: {result}");
            ArrayBufferWriter<byte> bytes = new(proof.EncodedSize + 256);
            new FileProof(statement, proof).Write(bytes);
            await output.WriteAsync(bytes.WrittenMemory, cancellation).ConfigureAwait(false);
            output.Close();
            File.Move(partial, options.Output, overwrite: true);
            using var process = Process.GetCurrentProcess();
            ProofHost.Line($"Proof: {options.Output}, {bytes.WrittenCount} bytes, {key.Report.ProvenBits:F1} bits proven, made in {seconds:F1} s by {options.Threads} threads, peak memory {process.PeakWorkingSet64 / (1 << 20)} MiB");
            return ExitCodes.Success;
        }
        finally
        {
            File.Delete(partial);
        }
    });

    private static byte[] PrefixOf(byte[] file, FileProverOptions options)
    {
        if (options.PrefixBytes is { } text)
        {
            byte[] bytes = ProofHost.ParseHex("--prefix-bytes", text);
            if (!file.AsSpan().StartsWith(bytes)) throw new RunUnusableException($"The file '{options.File}' does not start with {Convert.ToHexStringLower(bytes)}.");
            return bytes.Length <= FileStatement.MaxPrefix ? bytes : throw new RunUnusableException($"--prefix-bytes must be at most {FileStatement.MaxPrefix} bytes, got {bytes.Length}.");
        }
        return options.Prefix <= file.Length ? file[..options.Prefix]
            : throw new RunUnusableException($"--prefix must be at most the {file.Length} bytes of the file, got {options.Prefix}.");
    }

    /// <summary>
    /// Says what begins as soon as it does, on the prover's thread. At the constraints the prover has let go of the traces, 700 MB of a mebibyte: the
    /// collector, which sees no need, is told.
    /// </summary>
    private sealed class StageLines(Stopwatch clock) : IProgress<StarkProgress>
    {
        public void Report(StarkProgress value)
        {
            if (value.Stage == StarkStage.Quotient) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            string? text = value.Stage switch
            {
                StarkStage.Traces => "committing to the tables",
                StarkStage.Lookups => "lookups",
                StarkStage.Quotient => "constraints",
                StarkStage.Openings => "openings",
                StarkStage.LowDegreeTest => "low-degree test",
                _ => null,
            };
            if (text is not null) ProofHost.Line($"{clock.Elapsed.TotalSeconds,7:F1} s  {text}");
        }
    }
}

/// <summary>What prove-file is told on its command line.</summary>
internal sealed record FileProverOptions(string File, string Output, string Hash, int Prefix, string? PrefixBytes, int Threads, int Security)
{
    /// <summary>Null, or what is wrong with the options, in one sentence.</summary>
    public string? Check() => this switch
    {
        { Prefix: < 0 or > FileStatement.MaxPrefix } => $"--prefix must be 0 to {FileStatement.MaxPrefix} bytes, got {Prefix}.",
        { PrefixBytes: not null, Prefix: > 0 } => "--prefix and --prefix-bytes exclude each other.",
        _ when FileHashes.Parse(Hash) is null => $"--hash must be blake3 or sha256, got '{Hash}'.",
        { Threads: < 1 or > 1024 } => $"--threads must be 1 to 1024, got {Threads}.",
        _ when IsFile(Output) || IsFile(Output + ".partial") => $"--out must not be written over the file itself, got '{Output}'.",
        _ when !FileStatement.IsSecurity(Security) => $"--security must be 100 or 128 bits, got {Security}.",
        _ => null,
    };

    private bool IsFile(string path) => path.Length > 0 && File.Length > 0 && string.Equals(Path.GetFullPath(path), Path.GetFullPath(File), StringComparison.OrdinalIgnoreCase);
}
