"""Ordinary use of OpenCV: images that share their memory with NumPy, filters, drawing, contours.

Compiled are the classes and functions of a small program: all of core and imgproc would take minutes. `make corpus`
counts the whole.
"""

import gc

import pytest

numpy = pytest.importorskip("numpy")

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

CLASSES = """
    Mat Mat_<float> MatSize Matx<double,4,1> Point_<int> Rect_<int> Scalar_<double> Size_<int> Vec<double,4>
    _InputArray _InputOutputArray _OutputArray
"""
OTHERS = """
    BorderTypes Canny ColorConversionCodes ContourApproximationModes Error Exception GaussianBlur HersheyFonts
    InterpolationFlags LineTypes NormTypes RetrievalModes ThresholdTypes add blur boundingRect circle contourArea
    countNonZero cvtColor findContours flip getTextSize line mean minMaxLoc noArray norm putText rectangle resize
    threshold transpose
"""


@pytest.fixture(scope="module")
def cv(bind_library):
    names = [*CLASSES.split(), *(f"{name}::*" for name in CLASSES.split()), *OTHERS.split()]
    return bind_library(
        "opencv", {"cv::*": {"skip": True}, **{f"cv::{name}": {"skip": False} for name in names}}, ruled=True
    )


@pytest.fixture
def share(cv):
    """An image over the memory of an array."""

    def make(array):
        kind = cv.CV_8UC3 if array.ndim == 3 else cv.CV_8UC1
        return cv.Mat(array.shape[0], array.shape[1], kind, array, array.strides[0])

    return make


def look(image):
    """An array over the memory of an image."""
    shape = (image.rows, image.cols, image.channels())
    return numpy.asarray(image.data).reshape(shape if image.channels() > 1 else shape[:2])


def test_memory_is_shared(cv, share):
    array = numpy.zeros((4, 5, 3), dtype=numpy.uint8)
    image = share(array)
    assert (image.rows, image.cols, image.channels(), image.type()) == (4, 5, 3, cv.CV_8UC3)
    array[1, 2] = 7
    seen = look(image)
    assert seen[1, 2].tolist() == [7, 7, 7]
    seen[0, 0] = 9
    assert array[0, 0].tolist() == [9, 9, 9]
    part = look(image.rowRange(1, 3))
    assert part.shape == (2, 5, 3)
    del image, array
    gc.collect()
    assert part[0, 2].tolist() == [7, 7, 7]


def test_memory_that_is_too_small_is_refused(cv):
    small = numpy.zeros((2, 5), dtype=numpy.uint8)
    with pytest.raises(ValueError):
        cv.Mat(4, 5, cv.CV_8UC1, small, 5)
    with pytest.raises((TypeError, BufferError, ValueError)):
        cv.Mat(2, 5, cv.CV_8UC1, b"\0" * 10, 5)


def test_filters(cv, share):
    array = numpy.zeros((7, 7), dtype=numpy.uint8)
    array[3, 3] = 90
    out = cv.Mat()
    cv.blur(share(array), out, cv.Size2i(3, 3))
    assert look(out)[2:5, 2:5].tolist() == [[10] * 3] * 3
    cv.GaussianBlur(share(array), out, cv.Size2i(3, 3), 0)
    assert look(out)[3, 3] in (22, 23)
    assert cv.threshold(share(array), out, 50, 255, cv.ThresholdTypes.THRESH_BINARY) == 50
    assert cv.countNonZero(out) == 1
    # What OpenCV writes to may be the array's own memory.
    mirrored = numpy.zeros_like(array)
    array[0, 0] = 5
    cv.flip(share(array), share(mirrored), 1)
    assert mirrored.tolist() == array[:, ::-1].tolist()


def test_colours_and_sizes(cv, share):
    array = numpy.zeros((2, 2, 3), dtype=numpy.uint8)
    array[..., 2] = 200
    grey, large = cv.Mat(), cv.Mat()
    cv.cvtColor(share(array), grey, cv.COLOR_BGR2GRAY)
    assert set(look(grey).ravel().tolist()) == {60}
    cv.resize(grey, large, cv.Size2i(8, 6))
    assert look(large).shape == (6, 8)
    assert cv.mean(share(array))[2] == 200


def test_outputs(cv, share):
    array = numpy.arange(12, dtype=numpy.uint8).reshape(3, 4)
    low, high = cv.Point2i(), cv.Point2i()
    least, most = cv.minMaxLoc(share(array), low, high)
    assert (least, most, (high.x, high.y)) == (0, 11, (3, 2))
    size, base = cv.getTextSize("dovetail", cv.HersheyFonts.FONT_HERSHEY_SIMPLEX, 1.0, 1)
    assert size.width > size.height > base > 0


def test_drawing_and_contours(cv, share):
    canvas = numpy.zeros((60, 80), dtype=numpy.uint8)
    white = cv.Scalar(255)
    cv.rectangle(share(canvas), cv.Point2i(10, 10), cv.Point2i(30, 25), white, -1)
    cv.circle(share(canvas), cv.Point2i(60, 40), 8, white, -1)
    assert canvas[15, 20] == canvas[40, 60] == 255
    assert numpy.count_nonzero(canvas) > 21 * 16
    edges = cv.Mat()
    cv.Canny(share(canvas), edges, 50, 150)
    assert 0 < cv.countNonZero(edges) < cv.countNonZero(share(canvas))
    box = cv.boundingRect(share(canvas[:, :40].copy()))
    assert (box.x, box.y, box.width, box.height) == (10, 10, 21, 16)


def test_errors_are_exceptions(cv, share):
    with pytest.raises(cv.Exception, match="blur|ksize|Assertion"):
        cv.blur(share(numpy.zeros((3, 3), dtype=numpy.uint8)), cv.Mat(), cv.Size2i(0, 0))


def test_typed_images(cv):
    numbers = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
    image = cv.Mat1f(numbers)
    assert (image.rows, image.cols, image[1, 2]) == (2, 3, 5)
    image[1, 2] = 50
    assert numbers[1, 2] == 50
    assert cv.norm(image) == pytest.approx(numpy.linalg.norm(numbers))
