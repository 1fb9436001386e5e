using System.Runtime.CompilerServices;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Prozchain.Benchmarks.AI;
using Prozchain.Benchmarks.Cuda;
using Prozchain.Benchmarks.Quick;
using Prozchain.Benchmarks.Rollups;
using Prozchain.Benchmarks.Scaling;

// "quick", "sharding", "prover", "vault" and "cuda" are this house's own tables; everything else goes to BenchmarkDotNet (with or without a leading --bdn).
return args switch
{
    ["quick", ..] => QuickCommand.Run(args.AsSpan(1)),
    ["sharding", ..] => ShardingCommand.Run(args.AsSpan(1)),
    ["prover", ..] => ProverCommand.Run(args.AsSpan(1)),
    ["vault", ..] => VaultCommand.Run(args.AsSpan(1)),
    ["cuda", ..] => CudaCommand.Run(args.AsSpan(1)),
    ["--bdn", ..] => RunBenchmarkDotNet(args[1..]),
    _ => RunBenchmarkDotNet(args),
};

// Apart, so that the other commands run where BenchmarkDotNet is not (bench/cuda.sh).
[MethodImpl(MethodImplOptions.NoInlining)]
static int RunBenchmarkDotNet(string[] rest)
{
    // In process: the project that BenchmarkDotNet would generate does not build within this repository.
    IConfig config = DefaultConfig.Instance
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
    return BenchmarkSwitcher.FromAssembly(typeof(QuickCommand).Assembly).Run(rest, config).All(summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
}
