using Prozchain.Zk.Cuda.Diagnostics;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;

namespace Prozchain.Zk.Cuda.Tests.Diagnostics;

[Collection(nameof(DeviceTests))]
public sealed class CudaSelfTestTests
{
    private static readonly CudaSelfTestOptions s_tiny = new() { LogRows = 7, Columns = 3, LogProofRows = 5, PermutationsInARow = 1, Runs = 1, ProveOnProcessor = false };

    [Fact]
    public void Run_OfAllKinds_IsRightAndHasTimesAndFloors()
    {
        using CudaDevice device = TestDevice.Open();
        long free = device.FreeMemory;
        Recorder told = new();
        IReadOnlyList<CudaMeasurement> found = CudaSelfTest.Run(device, s_tiny, told, TestContext.Current.CancellationToken);
        Assert.Equal(found, told.Found);
        // Of each kind that is asked for, how many.
        (string Kind, int Count)[] expected =
        [
            ("yardstick: copy", 1), ("yardstick: 32", 2), ("yardstick: logical", 1), ("yardstick: upload", 1), ("extend", 2), ("commit to", 4),
            ("trace of Poseidon2", 1), ("trace of Keccak-f", 1), ("trace of BLAKE3", 1), ("trace of SHA-256", 1), ("quotient of Poseidon2", 2),
            ("quotient of Keccak-f", 2), ("lookups", 1), ("inverses", 1), ("weights", 1), ("values", 1), ("combination", 1), ("fold", 1), ("grinding", 1), ("proof of Poseidon2", 2), ("proof of Keccak-f", 2),
        ];
        foreach ((string kind, int count) in expected) Assert.Equal(count, found.Count(one => one.Name.StartsWith(kind, StringComparison.Ordinal)));
        Assert.Equal(expected.Sum(one => one.Count), found.Count);
        foreach (CudaMeasurement one in found)
        {
            Assert.True(one.IsRight, $"{one.Name}: {one.Note}");
            Assert.True(one is { Seconds: > 0, Runs: > 0 } && one.Bytes + one.Operations > 0, one.Name);
            bool isYardstick = one.Name.StartsWith("yardstick", StringComparison.Ordinal), isProof = one.Name.StartsWith("proof", StringComparison.Ordinal);
            Assert.Equal(!isYardstick, one.Achieved is > 0);
            Assert.Equal(isProof, one.Idle is >= 0 and < 1);
            Assert.Equal(isProof ? 0.4 : one.Name.StartsWith("extend", StringComparison.Ordinal) ? 0.5 : one.Name.StartsWith("commit", StringComparison.Ordinal) ? 0.4 : null, one.Bar);
        }
        if (!TestDevice.IsReal) Assert.Equal(free, device.FreeMemory);
    }

    [Theory]
    [InlineData("yardstick_fill", "yardstick: copy")]
    [InlineData("yardstick_logic", "yardstick: logical")]
    [InlineData("koalabear_turn_natural", "extend")]
    [InlineData("keccak_top", "commit to 2^8 x 3, Keccak", 8)]
    [InlineData("blake3_top", "commit to 2^8 x 3, BLAKE3", 8)]
    [InlineData("koalabear_sha256_rows", "commit to 2^8 x 3, SHA")]
    [InlineData("koalabear_poseidon2_level", "commit to 2^8 x 3, Poseidon2", 512 * 8)]
    [InlineData("koalabear_poseidon2_trace", "trace of Poseidon2")]
    [InlineData("koalabear_keccak_trace", "trace of Keccak-f")]
    [InlineData("koalabear_blake3_trace", "trace of BLAKE3")]
    [InlineData("koalabear_sha256_trace", "trace of SHA-256")]
    [InlineData("koalabear5_divide", "quotient of Poseidon2")]
    [InlineData("koalabear5_finish_fractions", "lookups")]
    [InlineData("koalabear5_invert_down", "inverses")]
    [InlineData("koalabear5_weights", "weights")]
    [InlineData("koalabear5_weighted_sums", "values")]
    [InlineData("koalabear5_combine_two", "combination")]
    [InlineData("koalabear5_fold3", "fold")]
    [InlineData("keccak_grind", "grinding")]
    [InlineData("koalabear_keccak_rows", "proof of Poseidon2")]
    public void Run_OfAKernelThatComputesWrongly_SaysSo(string kernel, string kind, int word = 0)
    {
        TestDevice.RequireEmulated();
        using CudaDevice device = TestDevice.OpenAsSet();
        Assert.True(EmulatedDriver.Corrupt(kernel, word));
        CudaMeasurement[] found = [.. CudaSelfTest.Run(device, s_tiny with { Filter = kind }, null, TestContext.Current.CancellationToken)
            .Where(one => one.Name.StartsWith(kind, StringComparison.Ordinal))];
        Assert.NotEmpty(found);
        Assert.All(found, one => Assert.False(one.IsRight, one.Name));
    }

    [Fact]
    public void Run_OnADeviceThatIsLost_TellsSoOfAllThatIsLeft()
    {
        TestDevice.RequireEmulated();
        using CudaDevice device = TestDevice.OpenAsSet();
        EmulatedDriver.Fail(200, 700);
        IReadOnlyList<CudaMeasurement> found = CudaSelfTest.Run(device, s_tiny with { Filter = "2^" }, null, TestContext.Current.CancellationToken);
        Assert.False(found[^1].IsRight);
        Assert.Contains("700", found[^1].Note, StringComparison.Ordinal);
        Assert.Equal(0, found[^1].Seconds);
        Assert.Null(found[^1].Achieved);
    }

    [Fact]
    public void Run_OnADeviceOfLittleMemory_DoesLess()
    {
        TestDevice.RequireEmulated();
        EmulatedDriver.SetDevice(1, 12040, 9, 0, 64 << 10);
        using CudaDevice device = TestDevice.OpenAsSet();
        IReadOnlyList<CudaMeasurement> found = CudaSelfTest.Run(device, s_tiny with { Filter = "commit", Columns = 300 }, null, TestContext.Current.CancellationToken);
        Assert.Equal(4, found.Count(one => one.Name.StartsWith("commit to 2^5 x 300", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_Cancelled_Ends()
    {
        using CudaDevice device = TestDevice.Open();
        Assert.ThrowsAny<OperationCanceledException>(() => CudaSelfTest.Run(device, s_tiny, null, new CancellationToken(true)));
        Assert.Equal(1, device.Turn.CurrentCount);
        Assert.Null(device.Timeline);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaSelfTestOptions { LogRows = 6 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaSelfTestOptions { Columns = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaSelfTestOptions { LogProofRows = 21 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaSelfTestOptions { PermutationsInARow = 17 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaSelfTestOptions { Runs = 0 });
        Assert.Throws<ArgumentNullException>(() => CudaSelfTest.Run(null!));
    }

    [Fact]
    public void Busy_OfIntervals_CountsWhatOverlapsOnce() => Assert.Equal(
        6e-3, DeviceTimeline.Busy([new("b", 4, 7), new("a", 1, 3), new("a copy", 2, 3), new("a copy", 5, 8), new("c", 5, 6)]), 12);

    private sealed class Recorder : IProgress<CudaMeasurement>
    {
        public List<CudaMeasurement> Found { get; } = [];

        public void Report(CudaMeasurement value) => Found.Add(value);
    }
}
