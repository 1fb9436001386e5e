using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The host's constants of Poseidon as Kernels/poseidon1.cu takes them, in Montgomery form: those of each round, then the matrix's first row.</summary>
internal static class Poseidon1Table<TParameters> where TParameters : struct, IField31Parameters
{
    /// <summary>For rows: width 24.</summary>
    public static uint[] Rows { get; } = Make(Poseidon1Core<TParameters>.Width24);

    /// <summary>For pairs: width 16.</summary>
    public static uint[] Nodes { get; } = Make(Poseidon1Core<TParameters>.Width16);

    private static uint[] Make(Poseidon1Core<TParameters> core) =>
        MemoryMarshal.Cast<Field31<TParameters>, uint>([.. core.Constants, .. core.Instance.Circulant]).ToArray();
}
