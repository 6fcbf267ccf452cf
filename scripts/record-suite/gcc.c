/* The input of the gcc trace: a PNG, JPEG, BMP, TGA and HDR writer, from Debian's libstb-dev. */
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include "stb_image_write.h"
