using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>What a pool of a device's memory is made by: CUmemPoolProps, 88 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 88)]
internal readonly struct CudaPoolProperties
{
    private const int Pinned = 1, OnDevice = 1;

    private readonly int _allocationType, _handleTypes, _locationType, _location;

    /// <summary>Memory of a device, for this process alone.</summary>
    public CudaPoolProperties(int device) => (_allocationType, _handleTypes, _locationType, _location) = (Pinned, 0, OnDevice, device);
}
