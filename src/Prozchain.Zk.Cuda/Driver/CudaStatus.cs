namespace Prozchain.Zk.Cuda.Driver;

/// <summary>What a function of the driver answers: CUresult. Values that are not named here have names all the same (cuGetErrorName).</summary>
internal enum CudaStatus
{
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NotInitialized = 3,
    NoDevice = 100,
    InvalidImage = 200,
    NoBinaryForDevice = 209,
    InvalidPtx = 218,
    NoCompiler = 221,
    UnsupportedPtxVersion = 222,
    CompilationDisabled = 223,
    NotFound = 500,
    IllegalAddress = 700,
    LaunchFailed = 719,
}

/// <summary>CUdevice_attribute.</summary>
internal enum CudaAttribute
{
    MultiprocessorCount = 16,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    MaxSharedMemoryPerBlockOptIn = 97,
    MemoryPoolsSupported = 115,
}

/// <summary>CUmemPool_attribute.</summary>
internal enum CudaPoolAttribute
{
    ReleaseThreshold = 4,
    ReservedNow = 5,
    UsedNow = 7,
}

/// <summary>CUfunction_attribute.</summary>
internal enum CudaFunctionAttribute
{
    MaxDynamicSharedSizeBytes = 8,
}
