using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Tests.Emulator;

/// <summary>The device that tests run on: the emulated one, or with PROZCHAIN_CUDA=device the machine's. One test at a time: <see cref="DeviceTests"/>.</summary>
internal static class TestDevice
{
    public static bool IsReal { get; } = Environment.GetEnvironmentVariable("PROZCHAIN_CUDA") == "device";

    /// <summary>Opens the device; skips the calling test, or in CI fails it, where there is none.</summary>
    public static CudaDevice Open()
    {
        Prepare();
        return OpenAsSet();
    }

    /// <summary>Opens the emulated device as a test has set it up.</summary>
    public static CudaDevice OpenAsSet()
    {
        if (!CudaDevice.TryOpen(out CudaDevice? device, out string reason)) Give(reason);
        return device!;
    }

    /// <summary>For tests of faults, which only the emulated device has at will.</summary>
    public static void RequireEmulated()
    {
        if (IsReal) Assert.Skip("Faults are brought about on the emulated device only.");
        Prepare();
    }

    private static void Prepare()
    {
        if (IsReal) return;
        if (EmulatedDriver.Path is not { } path)
        {
            Give(EmulatedDriver.Reason);
            return;
        }
        CudaLibrary.Path = path;
        EmulatedDriver.Reset();
    }

    private static void Give(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}

/// <summary>Tests on the device, which is one: they run one after the other.</summary>
[CollectionDefinition(nameof(DeviceTests), DisableParallelization = true)]
public sealed class DeviceTests;
