using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>Turns what the driver answers into exceptions.</summary>
internal static class CudaCheck
{
    /// <exception cref="CudaException">The status is not success.</exception>
    public static void Require(CudaStatus status, string operation)
    {
        if (status != CudaStatus.Success) throw new CudaException((int)status, $"{operation} failed: {NameOf(status)}.");
    }

    /// <exception cref="CudaException">The status is not success. A device without the memory says how much was asked for.</exception>
    public static void Require(CudaStatus status, string operation, long bytes)
    {
        if (status != CudaStatus.Success) throw new CudaException((int)status, $"{operation} of {bytes} bytes failed: {NameOf(status)}.");
    }

    /// <summary>The driver's own name of a status, with its number.</summary>
    public static unsafe string NameOf(CudaStatus status) =>
        CudaApi.cuGetErrorName(status, out byte* name) == CudaStatus.Success && Marshal.PtrToStringUTF8((nint)name) is { } text ? $"{text} ({(int)status})" : $"status {(int)status}";
}
