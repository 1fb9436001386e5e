namespace Prozchain.Zk.Cuda;

/// <summary>
/// The device or its driver refused or failed: too little memory, a kernel that went wrong, a device that is gone. No proof was made; all
/// that the proof had taken on the device is given back. The message names the operation or kernel, its sizes, and the driver's status.
/// </summary>
public sealed class CudaException : Exception
{
    internal CudaException(int status, string message)
        : base(message) => Status = status;

    /// <summary>The driver's status, CUresult: 2 for too little memory, 700 and above for a device that can not be used further.</summary>
    public int Status { get; }
}
