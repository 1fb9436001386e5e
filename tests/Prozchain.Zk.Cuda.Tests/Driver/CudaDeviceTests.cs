using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;

namespace Prozchain.Zk.Cuda.Tests.Driver;

[Collection(nameof(DeviceTests))]
public sealed class CudaDeviceTests
{
    [Theory]
    [InlineData(0, 12040, 9, 0, "has no device")]
    [InlineData(1, 11010, 9, 0, "11.1, 11.2 or later")]
    [InlineData(1, 12040, 6, 1, "6.1, 7.0 or later")]
    public void TryOpen_NothingThatServes_SaysWhy(int devices, int driver, int major, int minor, string expected)
    {
        TestDevice.RequireEmulated();
        EmulatedDriver.SetDevice(devices, driver, major, minor, 1 << 20);
        Assert.False(CudaDevice.TryOpen(out CudaDevice? device, out string reason));
        Assert.Null(device);
        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void TryOpen_NumberBeyondTheDevices_SaysHowManyThereAre()
    {
        TestDevice.RequireEmulated();
        Assert.False(CudaDevice.TryOpen(out _, out string reason, ordinal: 3));
        Assert.Contains("no device 3: the driver shows 1", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryOpen_ADevice_TellsItsFacts()
    {
        using CudaDevice device = TestDevice.Open();
        Assert.NotEmpty(device.Name);
        Assert.InRange(device.ComputeCapability, new Version(7, 0), new Version(99, 0));
        Assert.InRange(device.FreeMemory, 1, device.TotalMemory);
    }

    [Fact]
    public void Session_Disposed_GivesAllBack()
    {
        using (CudaDevice device = TestDevice.Open())
        {
            using DeviceSession session = new(device, 1 << 20);
            DeviceBuffer kept = session.Upload<int>([1, 2, 3], "a test");
            session.Upload<int>([4], "a test").Dispose();
            var values = new int[3];
            session.Read(kept, 0, values.AsSpan());
            Assert.Equal([1, 2, 3], values);
            Assert.Equal((12, 16), (session.Used, session.Peak));
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Allocate_BeyondTheBudget_SaysWhatForAndHowMuch()
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1000);
        using DeviceBuffer taken = session.Allocate(600, "the first");
        CudaException refused = Assert.Throws<CudaException>(() => session.Allocate(401, "the second"));
        Assert.Equal("Taking 401 bytes for the second would pass the budget of 1000 bytes, of which 600 are taken.", refused.Message);
    }

    [Fact]
    public void Allocate_BeyondTheDevice_IsRefusedWithItsStatus()
    {
        TestDevice.RequireEmulated();
        EmulatedDriver.SetDevice(1, 12040, 9, 0, 1 << 16);
        using (CudaDevice device = TestDevice.OpenAsSet())
        {
            using DeviceSession session = new(device, long.MaxValue);
            CudaException refused = Assert.Throws<CudaException>(() => session.Allocate(1 << 17, "a table"));
            Assert.Equal(2, refused.Status);
            Assert.Contains("131072 bytes", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Launch_ThatFailsOnTheDevice_IsToldAtTheNextWait()
    {
        TestDevice.RequireEmulated();
        using (CudaDevice device = TestDevice.Open())
        {
            using DeviceSession session = new(device, 1 << 20);
            DeviceBuffer values = session.Upload<uint>(new uint[64], "a test");
            session.Launch(new("elements", "koalabear4_multiply"), new(1, 32), values, values, values, 16L);
            EmulatedDriver.Fail(1, 700);
            session.Launch(new("elements", "koalabear4_multiply"), new(1, 32), values, values, values, 16L);
            CudaException failed = Assert.Throws<CudaException>(session.Synchronize);
            Assert.Equal(700, failed.Status);
            Assert.Contains("koalabear4_multiply<1 x 1 blocks, 32 threads, 0 B shared>", failed.Message, StringComparison.Ordinal);
            Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)", failed.Message, StringComparison.Ordinal);
        }
        EmulatedDriver.Fail(0, 0);
        Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Launch_KernelThatIsNotThere_IsNamed()
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 20);
        CudaException refused = Assert.Throws<CudaException>(() => session.Launch(new("elements", "nothing"), new(1, 32)));
        Assert.Contains("nothing", refused.Message, StringComparison.Ordinal);
    }
}
