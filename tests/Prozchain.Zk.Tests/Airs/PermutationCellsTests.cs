using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>Permutations as cells of any table, against the permutations themselves.</summary>
public sealed class PermutationCellsTests
{
    [Theory]
    [InlineData(0, 16, 40, 3)]
    [InlineData(0, 8, 5, 1)]
    [InlineData(4, 8, 16, 1)]
    [InlineData(8, 8, 300, 2)]
    [InlineData(0, 6, 17, 1)]
    [InlineData(15, 1, 1, 1)]
    public void FillRows_AnyWindow_HoldsTheOutputs(int first, int outputs, int count, int threads)
    {
        Check<Poseidon2Cells<KoalaBear>, Field31<KoalaBear>>(first, outputs, count, threads, 132 + outputs);
        Check<Poseidon1Cells, Field31<KoalaBear>>(first, outputs, count, threads, 132 + outputs);
        Check<Poseidon2Cells<BabyBear>, Field31<BabyBear>>(first, outputs, count, threads, 266 + outputs);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(4, 8)]
    [InlineData(0, 5)]
    public void Eval_EveryChangedCell_IsFound(int first, int outputs)
    {
        Changes<Poseidon2Cells<KoalaBear>>(first, outputs, 148);
        Changes<Poseidon1Cells>(first, outputs, 148);
    }

    [Fact]
    public void Fill_WhatDoesNotFit_IsRefused()
    {
        var trace = new Trace<F>(148, 16);
        Assert.Throws<ArgumentException>(() => Poseidon2Cells<KoalaBear>.Fill(trace, 0, 0, 16, 0, 16, new F[255]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon2Cells<KoalaBear>.Fill(trace, 0, 0, 17, 0, 16, new F[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon2Cells<KoalaBear>.Fill(trace, 0, 0, 16, 9, 8, new F[256]));
        Assert.Throws<ArgumentException>(() => Poseidon1Cells.Fill(trace, 0, 0, 16, 0, 16, new F[255]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon1Cells.Fill(trace, 0, 0, 17, 0, 16, new F[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon1Cells.Fill(trace, 0, 0, 16, 9, 8, new F[256]));
    }

    private static void Changes<TCells>(int first, int outputs, int constraints) where TCells : struct, IPermutationCells<F>
    {
        var air = new CellsAir<TCells, F>(first, outputs);
        Trace<F> trace = Generate<TCells, F>(first, outputs, 3, 1);
        AirCase rows = AirCase.Of(air, trace);
        Assert.Equal((constraints - 16 + outputs + outputs, 3), (rows.Graph.Constraints.Count, rows.Graph.MaxDegree));
        for (int row = 0; row < trace.Height; row++) rows.AssertEachChangeFound(row);
        rows.AssertGraphAgrees(4);
    }

    private static void Check<TCells, TField>(int first, int outputs, int count, int threads, int columns)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        Assert.Equal((columns, 16), (TCells.Columns(outputs), TCells.Width));
        Trace<TField> trace = Generate<TCells, TField>(first, outputs, count, threads);
        Assert.Empty(new TraceChecker<TField>().Add(new CellsAir<TCells, TField>(first, outputs), trace).Faults());
        TField[] input = new TField[16], state = new TField[16], output = new TField[outputs], row = new TField[trace.Width], other = new TField[trace.Width];
        Trace<TField> single = new(trace.Width, trace.Height);
        for (int i = 0; i < trace.Height; i++)
        {
            for (int j = 0; j < 16; j++) single[j, i] = input[j] = trace[j, i];
            input.CopyTo(state, 0);
            TCells.Permute(state);
            Assert.Equal(state.AsSpan(first, outputs).ToArray(), Enumerable.Range(0, outputs).Select(j => trace[16 + columns - outputs + j, i]));
            PermutationCells.Compress<TCells, TField>(input, first, output);
            Assert.Equal(output, Enumerable.Range(0, outputs).Select(j => trace[16 + columns + j, i]));
            Array.Clear(output);
            PermutationCells.FillRow<TCells, TField>(single, 16, i, input, first, output);
            for (int j = 0; j < outputs; j++) single[16 + columns + j, i] = output[j];
            trace.CopyRow(i, row);
            single.CopyRow(i, other);
            Assert.Equal(row, other);
        }
    }

    private static Trace<TField> Generate<TCells, TField>(int first, int outputs, int count, int threads)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        var trace = new Trace<TField>(16 + TCells.Columns(outputs) + outputs, TraceTools.Height(count));
        TField[] inputs = FieldTools.Elements<TField>(16 * count, 11), output = new TField[outputs];
        for (int i = 0; i < inputs.Length; i++) trace[i % 16, i / 16] = inputs[i];
        PermutationCells.FillRows<TCells, TField>(trace, 0, 16, first, outputs, threads);
        for (int i = 0; i < trace.Height; i++)
        {
            PermutationCells.Compress<TCells, TField>([.. Enumerable.Range(0, 16).Select(j => trace[j, i])], first, output);
            for (int j = 0; j < outputs; j++) trace[16 + TCells.Columns(outputs) + j, i] = output[j];
        }
        return trace;
    }

    /// <summary>16 inputs, the cells, and the compression's elements that are wanted.</summary>
    private readonly struct CellsAir<TCells, TField>(int first, int outputs) : IAir
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        public AirShape Shape => new() { Name = "cells", Width = 16 + TCells.Columns(outputs) + outputs };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            TValue[] input = new TValue[16], output = new TValue[outputs];
            for (int i = 0; i < input.Length; i++) input[i] = b.Local(i);
            PermutationCells.Compress<TCells, TField, TBuilder, TValue>(ref b, 16, input, first, output);
            for (int i = 0; i < outputs; i++) b.AssertEqual(Rows.All, b.Local(16 + TCells.Columns(outputs) + i), output[i], "output", i);
        }
    }
}
