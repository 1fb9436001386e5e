using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Values to work on, which a device and the processor make alike: Kernels/yardsticks.cu.</summary>
internal static class SelfTestData
{
    /// <summary>The value of an index: the bits of an element, in Montgomery form.</summary>
    public static uint Word(uint index, uint modulus, uint seed)
    {
        uint x = unchecked((index + seed) * 0x9e3779b9u);
        x = unchecked((x ^ x >> 16) * 0x85ebca6bu);
        x = unchecked((x ^ x >> 13) * 0xc2b2ae35u);
        return (uint)((ulong)(x ^ x >> 16) * modulus >> 32);
    }

    /// <summary>Elements on the host.</summary>
    public static Field31<KoalaBear>[] Elements(int count, uint seed)
    {
        var elements = new Field31<KoalaBear>[count];
        for (int i = 0; i < count; i++) elements[i] = System.Runtime.CompilerServices.Unsafe.BitCast<uint, Field31<KoalaBear>>(Word((uint)i, KoalaBear.Modulus, seed));
        return elements;
    }

    /// <summary>An element of the extension.</summary>
    public static Extension<Field31<KoalaBear>, TParameters> Challenge<TParameters>(uint seed) where TParameters : unmanaged, IExtensionParameters<Field31<KoalaBear>> =>
        Extension<Field31<KoalaBear>, TParameters>.FromCoefficients(Elements(TParameters.Degree, 0x1000 * seed));

    /// <summary>Fills memory on the device.</summary>
    public static void Fill(DeviceSession session, DeviceBuffer target, uint modulus, uint seed)
    {
        long count = target.Bytes / sizeof(uint);
        session.Launch(new("yardsticks", "yardstick_fill"), KernelGrid.ForEach(count), target, count, modulus, seed);
    }

    /// <summary>Columns on the device, filled.</summary>
    public static DeviceMatrix Columns(DeviceSession session, int logRows, int logBlowup, int width, uint seed)
    {
        DeviceMatrix matrix = DeviceMatrix.Allocate(session, logRows, logBlowup, width, "columns");
        Fill(session, matrix.Values, KoalaBear.Modulus, seed);
        return matrix;
    }

    /// <summary>Columns that have no gaps between them, on the host.</summary>
    public static Field31<KoalaBear>[] Read(DeviceSession session, DeviceMatrix matrix)
    {
        var values = new Field31<KoalaBear>[matrix.Width * matrix.Stride];
        session.Read(matrix.Values, matrix.At(0), values.AsSpan());
        return values;
    }
}
