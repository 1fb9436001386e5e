using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>What happens if the driver does not take kernels that are written for a proof's constraints.</summary>
[Collection(nameof(DeviceTests))]
public sealed class WrittenKernelsTests
{
    private const int OutOfMemory = 2, NoBinary = 209, InvalidPtx = 218, UnsupportedPtxVersion = 222;

    private static readonly RingCase<F> s_statement = new(4, StarkHash.Keccak256, hiding: false, 5, 7, 1);

    [Theory]
    [InlineData(NoBinary)]
    [InlineData(InvalidPtx)]
    [InlineData(UnsupportedPtxVersion)]
    public void Prove_TheDriverRefusesThem_GoesOnWithoutAndAsksOnce(int status)
    {
        TestDevice.RequireEmulated();
        byte[] expected = Prove(null);
        using (CudaDevice device = TestDevice.OpenAsSet())
        {
            device.LeastTapeWork = 0;
            EmulatedDriver.RefuseWritten(status);
            Assert.Equal(expected, Prove(device));
            long asked = EmulatedDriver.Count(5);
            Assert.InRange(asked, 2, 4);
            Assert.Equal(expected, Prove(device));
            Assert.Equal(asked, EmulatedDriver.Count(5));
        }
        Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Prove_TheDriverHasNoMemoryForThem_IsAFault()
    {
        TestDevice.RequireEmulated();
        using CudaDevice device = TestDevice.OpenAsSet();
        device.LeastTapeWork = 0;
        EmulatedDriver.RefuseWritten(OutOfMemory);
        Assert.Equal(OutOfMemory, Assert.Throws<CudaException>(() => Prove(device)).Status);
        EmulatedDriver.RefuseWritten(0);
        Assert.Equal(Prove(null), Prove(device));
    }

    private static byte[] Prove(CudaDevice? device) => s_statement.Prove(device is null ? new() : new StarkProverOptions().WithCuda(device)).Messages.ToArray();
}
