using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Tests.Signatures;
using Prozchain.Testing;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.PaymentColumns;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Payments from the fields that the parser tells, against the native codec.</summary>
public sealed class PaymentAirTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomRows_AreTheCodecsPayments(ulong seed)
    {
        Case rows = new(seed, 120);
        Assert.Empty(rows.Checker().Faults());
    }

    [Fact]
    public void EveryCell_IsDetermined() => new Case(4, 60).Mutate();

    [Fact]
    public async Task Rows_AreProven()
    {
        List<(IAir Air, Trace<F> Trace, F[] Public)> tables = new Case(5, 40).Tables();
        IAir[] airs = [.. tables.Select(table => table.Air)];
        F[][] publicValues = [.. tables.Select(table => table.Public)];
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, minLogRows: 4, maxLogRows: 15)));
        StarkProof proof = await StarkProver.ProveAsync(key, [.. tables.Select(table => table.Trace)], publicValues);
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof));
        publicValues[0][^1] += F.One;
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof));
    }

    /// <summary>A code beyond 2^30 that is a small one modulo the field.</summary>
    [Fact]
    public void CodeModuloTheField_IsRefused()
    {
        uint[] asked = new uint[1 << 15], powers = new uint[31];
        Trace<F> trace = new PaymentWriter(PostedBatch.Exponent, asked, powers).Generate([new() { Sender = 1, To = 3, Code = 8 * 1234567 + 2 }], 0, (0, 0, 0), out F[] publicValues, 1);
        ulong other = 8 * 1234567 + 2 + (ulong)Prozchain.Zk.Fields.KoalaBear.Modulus;
        for (int i = 0; i < 3; i++) trace[Posted + i, 0] = F.FromUInt32((uint)(other >> (14 * i)) & 0x3FFF);
        IReadOnlyList<TraceFault> faults = new TraceChecker<F>(64).Add(new PaymentAir(PostedBatch.Exponent), trace, publicValues).Add(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(asked)).Faults();
        Assert.DoesNotContain(faults, fault => fault.Kind == TraceFaultKind.Constraint);
        Assert.Contains(faults, fault => fault.Constraint == Buses.Range(15).Name && fault.Message == $"{F.FromUInt32((uint)(other >> 28)) * F.FromUInt32(1 << 13)}");
    }

    /// <summary>A fee or token that holds anyway is a fault where it is said again: in the first row, and behind one that said it.</summary>
    [Theory]
    [InlineData(0, "another fee")]
    [InlineData(1, "another token")]
    [InlineData(2, "another token")]
    public void FieldSaidAgain_IsRefused(int bit, string constraint)
    {
        PostedFields row = new() { Sender = 1, To = 3, Code = 7 + (8u << bit), Amount = (5, 1), Fee = bit == 0 ? ((UInt128)7, 3) : default, Token = bit == 1 ? 9u : 0, FeeToken = bit == 2 ? 9u : 0 };
        (uint, uint, UInt128) holds = (row.Token, row.FeeToken, bit == 0 ? 7000u : 0);
        Assert.Empty(Faults((0, 0, 0), row));
        Assert.Equal([$"{constraint}[{(bit == 2 ? 2 : 0)}]"], Faults(holds, row));
        Assert.Equal([$"{constraint}[{(bit == 2 ? 3 : 1)}]"], Faults((0, 0, 0), row, row));

        static string[] Faults((uint, uint, UInt128) holds, params PostedFields[] rows)
        {
            Trace<F> trace = new PaymentWriter(PostedBatch.Exponent, new uint[1 << 15], new uint[31]).Generate(rows, 0, holds, out F[] publicValues, 2);
            return [.. new TraceChecker<F>(64).Add(new PaymentAir(PostedBatch.Exponent), trace, publicValues).Faults().Where(fault => fault.Kind == TraceFaultKind.Constraint).Select(fault => fault.Constraint)];
        }
    }

    [Fact]
    public void Shape_IsThatOfThePage()
    {
        ConstraintGraph tails = ConstraintGraph.Of(new TailAir()), graph = ConstraintGraph.Of(new PaymentAir(12));
        Assert.Equal((41, 29, 2, 1), (tails.Shape.Width, tails.Interactions.Count, tails.MaxDegree, tails.MaxInteractionDegree));
        Assert.Equal((109, 48, 3, 1), (graph.Shape.Width, graph.Interactions.Count, graph.MaxDegree, graph.MaxInteractionDegree));
    }

    private sealed class Case
    {
        private readonly uint[] _asked = new uint[1 << 15], _powers = new uint[31];
        private readonly Trace<F> _trace, _wide, _tails;
        private readonly F[] _public;
        private readonly int _count, _tailCount;
        private readonly List<(Bus Bus, BusDirection Direction, F[] Message)> _outside = [];

        public Case(ulong seed, int count)
        {
            _count = count;
            PostedBatch batch = PostedBatch.Random(new SeededRandom(seed), count);
            Assert.Equal(BatchFault.None, batch.Native(out Payment[] payments));
            PostedTables tables = new(batch, isLive: true);
            PostedFields[] rows = [.. payments.Select((payment, row) => Fields(tables, payment, row))];
            PaymentWriter writer = new(PostedBatch.Exponent, _asked, _powers);
            _trace = writer.Generate(rows, 0, (0, 0, 0), out _public, 7);
            _wide = WideAmountWriter.Generate(writer.WideAmounts, _asked);
            foreach (F[] message in tables.Messages)
            {
                var field = (RowField)message[1].ToUInt32();
                if (field is not (RowField.PayloadLength or RowField.Payload)) _outside.Add((RollupBuses.Field, BusDirection.Send, message));
            }
            List<PostedTail> tails = [];
            for (int row = 0; row < count; row++)
            {
                (Payment payment, F transaction) = (payments[row], F.FromUInt32((uint)row));
                foreach (RowField field in new[] { RowField.Recipient, RowField.NewKey, RowField.Settlement })
                    if (tables.Has(row, field)) tails.Add(new((uint)row, field, tables.BytesOf(row, field)));
                uint[] words = Words(payment);
                _outside.Add((RollupBuses.Payment, BusDirection.Receive,
                [
                    transaction, F.FromUInt32((uint)payment.Kind), payment.Kind == PaymentKind.Transfer && payment.Recipient.Scheme == 3 ? F.One : F.Zero,
                    .. new[] { words[2], words[7], words[6], payment.KeySkip, payment.SponsorSkip, payment.Token, payment.FeeToken }.Select(F.FromUInt32),
                    .. Enumerable.Range(0, 8).Select(i => F.FromUInt32(Limbs.Of(payment.Amount, i))), .. Enumerable.Range(0, 8).Select(i => F.FromUInt32(Limbs.Of(payment.Fee, i))), .. rows[row].Tail.ToArray(),
                ]));
            }
            (_tails, _tailCount) = (TailAir.Generate(tails.ToArray(), _asked, 6), tails.Count);
        }

        public List<(IAir Air, Trace<F> Trace, F[] Public)> Tables() =>
        [
            (new PaymentAir(PostedBatch.Exponent), _trace, _public), (new WideAmountAir(PostedBatch.Exponent), _wide, []), (new TailAir(), _tails, []),
            (new Pow10Air(), Pow10Air.Generate(_powers), []), (new RangeTableAir(15), new RangeTableAir(15).Generate<F>(_asked), []),
            .. StubAir.All(_outside.Select(item => new OutsideMessage(item.Bus, item.Direction, 1, item.Message)), 4),
        ];

        public TraceChecker<F> Checker()
        {
            TraceChecker<F> checker = new();
            foreach ((IAir air, Trace<F> trace, F[] publicValues) in Tables()) checker.Add(air, trace, publicValues);
            return checker;
        }

        public void Mutate()
        {
            TraceMutator<F> mutator = new TraceMutator<F>(1).Add(new PaymentAir(PostedBatch.Exponent), _trace, _public, _count, [.. Enumerable.Range(0, _count)])
                .Answer(new WideAmountAir(PostedBatch.Exponent), _wide).Answer(new Pow10Air(), Pow10Air.Generate(_powers)).Answer(new RangeTableAir(15), new RangeTableAir(15).Generate<F>(_asked));
            mutator.Add(new TailAir(), _tails, [], _tailCount, [.. Enumerable.Range(0, _tailCount)]);
            foreach ((Bus bus, BusDirection direction, F[] message) in _outside) mutator.Post(bus, direction, F.One, message);
            mutator.Run().AssertAllFound();
        }

        private static PostedFields Fields(PostedTables tables, Payment payment, int row)
        {
            uint[] words = Words(payment);
            return new()
            {
                Code = tables.Number(row, RowField.Code), Kind = (uint)payment.Kind, Sender = (uint)tables.Number(row, RowField.Sender), To = (uint)tables.Number(row, RowField.To),
                Amount = (tables.Number(row, RowField.Amount), (int)tables.Number(row, RowField.AmountExponent)), Fee = (tables.Number(row, RowField.Fee), (int)tables.Number(row, RowField.FeeExponent)),
                Token = (uint)tables.Number(row, RowField.Token), FeeToken = (uint)tables.Number(row, RowField.FeeToken), Sponsor = (uint)tables.Number(row, RowField.Sponsor),
                Skip = (uint)tables.Number(row, RowField.KeySkip), SponsorSkip = (uint)tables.Number(row, RowField.SponsorSkip),
                Tail = words.Length > 16 ? Eight.Of([.. words[16..24].Select(F.FromUInt32)]) : default,
            };
        }

        private static uint[] Words(Payment payment) => [.. NaiveWords.Of(payment, 1, false).Chunk(4).Select(word => BitConverter.ToUInt32(word))];
    }
}
