using Prozchain.Testing;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tests.Kernels;

[Collection(nameof(DeviceTests))]
public sealed class ElementTests
{
    [Fact]
    public void Products_InEveryExtension_AreTheHosts()
    {
        Check<Field31<KoalaBear>, KoalaBear4>("koalabear4_multiply");
        Check<Field31<KoalaBear>, KoalaBear5>("koalabear5_multiply");
        Check<Field31<KoalaBear>, KoalaBear6>("koalabear6_multiply");
        Check<Field31<KoalaBear>, KoalaBear8>("koalabear8_multiply");
        Check<Field31<BabyBear>, BabyBear4>("babybear4_multiply");
    }

    private static void Check<TField, TParameters>(string kernel)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        var random = new Random(7);
        Extension<TField, TParameters>[] left = new Extension<TField, TParameters>[300], right = new Extension<TField, TParameters>[300];
        for (int i = 0; i < left.Length; i++) (left[i], right[i]) = (Draw(i), Draw(i + 1));
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 20);
        using DeviceBuffer a = session.Upload<Extension<TField, TParameters>>(left, "left"), b = session.Upload<Extension<TField, TParameters>>(right, "right");
        using DeviceBuffer products = session.Allocate(a.Bytes, "products");
        session.Launch(new("elements", kernel), new(2, 128), products, a, b, (long)left.Length);
        var got = new Extension<TField, TParameters>[left.Length];
        session.Read(products, 0, got.AsSpan());
        for (int i = 0; i < got.Length; i++) Assert.Equal(left[i] * right[i], got[i]);

        Extension<TField, TParameters> Draw(int kind)
        {
            var coefficients = new TField[TParameters.Degree];
            for (int i = 0; i < coefficients.Length; i++)
            {
                coefficients[i] = kind switch
                {
                    0 => TField.Zero,
                    < 4 => -TField.One,
                    < 8 => TField.One,
                    _ => TField.FromUInt64((ulong)random.NextInt64()),
                };
            }
            return Extension<TField, TParameters>.FromCoefficients(coefficients);
        }
    }
}
