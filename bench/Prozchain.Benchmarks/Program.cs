using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Prozchain.Benchmarks.Quick;

// "quick" is this house's own short table; everything else goes to BenchmarkDotNet (with or without a leading --bdn).
if (args is ["quick", ..]) return QuickCommand.Run(args.AsSpan(1));

string[] rest = args is ["--bdn", ..] ? args[1..] : args;
// In process: the project that BenchmarkDotNet would generate does not build within this repository.
IConfig config = DefaultConfig.Instance
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
return BenchmarkSwitcher.FromAssembly(typeof(QuickCommand).Assembly).Run(rest, config).All(summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
