using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Cuda.Tests.Backend;

[Collection(nameof(DeviceTests))]
public sealed class DeviceGrinderTests
{
    [Fact]
    public void Solve_OfAnyBits_FindsTheHostsNonce()
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 20);
        var random = new Random(3);
        for (int bits = 0; bits <= 12; bits++)
        {
            var state = new byte[32];
            random.NextBytes(state);
            var puzzle = new GrindingPuzzle<Keccak256>(state, bits);
            ulong nonce = DeviceGrinder.Solve(session, puzzle, CancellationToken.None);
            Assert.Equal(puzzle.Solve(1, CancellationToken.None), nonce);
            Assert.True(puzzle.IsSolvedBy(nonce));
        }
    }

    [Fact]
    public void Solve_Cancelled_Ends()
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 20);
        Assert.Throws<OperationCanceledException>(() => DeviceGrinder.Solve(session, new GrindingPuzzle<Keccak256>(new byte[32], 40), new CancellationToken(true)));
        Assert.Equal(0, session.Used);
    }
}
