using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace Prozchain.Benchmarks.Yardsticks;

/// <summary>The yardsticks under BenchmarkDotNet, to check the quick table against.</summary>
public class YardstickBenchmarks
{
    private readonly byte[] _from = new byte[1 << 20];
    private readonly byte[] _to = new byte[1 << 20];
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

    [Benchmark(Baseline = true)]
    public void Memcpy() => _from.AsSpan().CopyTo(_to);

    [Benchmark]
    public int Sha256() => SHA256.HashData(_from, _digest);
}
