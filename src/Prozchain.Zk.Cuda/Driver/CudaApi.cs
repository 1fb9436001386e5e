using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>The functions of the CUDA driver API that are called, by their names there (CUDA Driver API reference).</summary>
/// <remarks>Every result is to be checked: <see cref="CudaCheck"/>. Addresses of the device are 64 bits, those of the host are pointers.</remarks>
internal static unsafe partial class CudaApi
{
    private const string Library = CudaLibrary.Name;

    [LibraryImport(Library)]
    public static partial CudaStatus cuInit(uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDriverGetVersion(out int version);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDeviceGetAttribute(out int value, CudaAttribute attribute, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuGetErrorName(CudaStatus status, out byte* name);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    public static partial CudaStatus cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemPoolCreate(out nint pool, in CudaPoolProperties properties);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemPoolDestroy(nint pool);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemPoolSetAttribute(PoolHandle pool, CudaPoolAttribute attribute, in ulong value);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemPoolGetAttribute(PoolHandle pool, CudaPoolAttribute attribute, out ulong value);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemAllocFromPoolAsync(out ulong address, nuint bytes, PoolHandle pool, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemFreeAsync(ulong address, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemAllocHost_v2(out nint memory, nuint bytes);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemFreeHost(nint memory);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemcpyDtoDAsync_v2(ulong target, ulong source, nuint bytes, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuMemsetD32Async(ulong target, uint value, nuint count, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamSynchronize(StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuStreamWaitEvent(StreamHandle stream, EventHandle waited, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventCreate(out nint created, uint flags);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventDestroy_v2(nint destroyed);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventRecord(EventHandle recorded, StreamHandle stream);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventSynchronize(EventHandle waited);

    [LibraryImport(Library)]
    public static partial CudaStatus cuEventElapsedTime(out float milliseconds, EventHandle start, EventHandle end);

    [LibraryImport(Library)]
    public static partial CudaStatus cuModuleLoadDataEx(out nint module, byte* image, uint options, int* names, void** values);

    [LibraryImport(Library)]
    public static partial CudaStatus cuModuleUnload(nint module);

    [LibraryImport(Library)]
    public static partial CudaStatus cuModuleGetFunction(out nint function, nint module, byte* name);

    [LibraryImport(Library)]
    public static partial CudaStatus cuFuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

    [LibraryImport(Library)]
    public static partial CudaStatus cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, StreamHandle stream, void** arguments, void** extra);
}
