using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>A copy of Height rows of Width bytes, with pitches of their own: CUDA_MEMCPY2D.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CudaCopy2D
{
    public nuint SourceX;
    public nuint SourceY;
    public CudaMemoryType SourceType;
    public nint SourceHost;
    public ulong SourceDevice;
    public nint SourceArray;
    public nuint SourcePitch;
    public nuint TargetX;
    public nuint TargetY;
    public CudaMemoryType TargetType;
    public nint TargetHost;
    public ulong TargetDevice;
    public nint TargetArray;
    public nuint TargetPitch;
    public nuint Width;
    public nuint Height;
}

/// <summary>CUmemorytype.</summary>
internal enum CudaMemoryType
{
    Host = 1,
    Device = 2,
}
